"""Maps that are too large for one message."""

import base64
import json

from wactorz_common.contracts.home import HomeMap
from wactorz_home_assistant_map_agent.chunks import LIMIT_BYTES, messages_for


def make_map(count: int) -> HomeMap:
    return HomeMap(
        timestamp=5.0, version=3, devices=tuple({"device_id": str(n), "name": "ü" * 400} for n in range(count))
    )


def test_a_small_map_goes_whole():
    update = make_map(3)
    assert messages_for(update, "s") == [update]


def test_a_large_map_goes_in_pieces_that_make_it_again():
    update = make_map(2_000)
    manifest, *chunks = (json.loads(message.encode()) for message in messages_for(update, "s"))
    assert manifest["type"] == "home_assistant_map_update_chunked"
    assert manifest["base_type"] == "home_assistant_map_update"
    assert (manifest["chunk_count"], manifest["total_devices"], manifest["version"]) == (len(chunks), 2_000, 3)
    assert manifest["encoding"] == "base64-json"
    assert [chunk["chunk_index"] for chunk in chunks] == list(range(len(chunks)))
    assert {chunk["type"] for chunk in chunks} == {"home_assistant_map_update_chunk"}
    assert {chunk["snapshot_id"] for chunk in (manifest, *chunks)} == {"s"}
    body = b"".join(base64.b64decode(chunk["data"]) for chunk in chunks)
    assert len(body) == manifest["payload_bytes"]
    assert json.loads(body)["devices"] == list(update.devices or ())


def test_each_piece_fits():
    assert all(len(message.encode()) <= LIMIT_BYTES for message in messages_for(make_map(2_000), "s"))
