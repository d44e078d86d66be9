"""The worker process: one JSON line in, one JSON line out, until the input ends."""

import ctypes
import json
import os
import signal
from typing import Any, BinaryIO

from wactorz_common.contracts.home import House
from wactorz_common.errors import WactorzError
from wactorz_understanding.understander import Understander

_PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int) -> bool:
    """Ask the kernel to kill this process when its parent ends; False when the parent is gone already.

    Only Linux knows this; elsewhere the end of the input does it.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    return not parent or os.getppid() == parent


def serve(requests: BinaryIO, replies: BinaryIO, language: str) -> None:
    """Answer requests until the input ends; a broken request is answered with an error."""
    understander = Understander(language)
    for line in requests:
        if line.strip():
            replies.write(json.dumps(_reply(line, understander)).encode() + b"\n")
            replies.flush()


def _reply(line: bytes, understander: Understander) -> dict[str, Any]:
    request: Any = None
    try:
        request = json.loads(line)
        if "load" in request:
            understander.load(House.accept(request["load"]))
            return {"id": request["id"], "loaded": request["load"]["version"]}
        meaning = understander.understand(request["text"], request.get("area_id"))
        return {"id": request["id"], "meaning": meaning.to_wire()}
    except (ValueError, KeyError, TypeError, RecursionError, WactorzError) as error:
        request_id = request.get("id") if isinstance(request, dict) else None
        return {"id": request_id, "error": f"the request could not be read: {type(error).__name__}: {error}"}
