"""The log of service calls: evidence of what was asked of the devices, and how often."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wactorz_demo_home.context import Context
from wactorz_demo_home.errors import DemoHomeError

_SECRET = ("code",)


class CallLog:
    """Appends one JSON line for each call; a line is on the disk when `write` returns."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise DemoHomeError(
                f"The demo home cannot write its call log {path} ({error.strerror}). "
                "Check the path in WACTORZ_DEMO_HOME_CALL_LOG."
            ) from error

    def write(
        self,
        context: Context,
        domain: str,
        service: str,
        entity_ids: list[str],
        data: dict[str, Any],
        changed: list[str],
    ) -> None:
        """Record a call that is about to be carried out; `changed` names the devices that it will change."""
        record = {
            "time": datetime.now(UTC).isoformat(),
            "context_id": context.id,
            "domain": domain,
            "service": service,
            "entity_ids": entity_ids,
            "data": {key: value for key, value in data.items() if key not in _SECRET},
            "changed": changed,
        }
        os.write(self._file, json.dumps(record).encode() + b"\n")
        os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
