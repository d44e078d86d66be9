"""A map that is too large for one message, in pieces as the wire contract says; pure."""

import base64
import json
from typing import Any

from wactorz_common.contracts.home import HomeMap

LIMIT_BYTES = 512 * 1024
_PIECE_BYTES = 192 * 1024
_ENCODING = "base64-json"


def messages_for(update: HomeMap, snapshot_id: str, limit: int = LIMIT_BYTES) -> list[HomeMap]:
    """The update itself when it fits, else a manifest followed by its pieces."""
    if len(update.encode()) <= limit:
        return [update]
    body = json.dumps({"devices": update.devices}, separators=(",", ":"), ensure_ascii=False).encode()
    pieces = [body[start : start + _PIECE_BYTES] for start in range(0, len(body), _PIECE_BYTES)]
    shared: dict[str, Any] = {"base_type": update.type, "snapshot_id": snapshot_id, "encoding": _ENCODING}
    manifest = HomeMap(
        type=f"{update.type}_chunked", event_type=update.event_type, timestamp=update.timestamp, event=update.event,
        version=update.version, chunk_count=len(pieces), total_devices=len(update.devices or ()),
        payload_bytes=len(body), **shared,
    )  # fmt: skip
    return [
        manifest,
        *(
            HomeMap(
                type=f"{update.type}_chunk",
                timestamp=update.timestamp,
                version=update.version,
                chunk_index=index,
                data=base64.b64encode(piece).decode(),
                **shared,
            )
            for index, piece in enumerate(pieces)
        ),
    ]
