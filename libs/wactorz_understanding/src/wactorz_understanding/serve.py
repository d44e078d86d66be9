"""The worker process: one JSON line in, one JSON line out, until the input ends."""

import ctypes
import gc
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any, BinaryIO

from pydantic import Field

from wactorz_common.contracts._channel import Payload
from wactorz_common.contracts.home import House
from wactorz_common.errors import WactorzError
from wactorz_understanding.context import Context
from wactorz_understanding.understander import Understander

_PR_SET_PDEATHSIG = 1
_LOAD = re.compile(rb'\s*\{\s*"id"\s*:\s*\d+\s*,\s*"load"')
_MOST_NEW_OBJECTS = 20_000
_TURN_SECONDS = 0.0005
"""How long a house that is being loaded may hold a sentence up."""


def end_with_parent(parent: int) -> bool:
    """Ask the kernel to kill this process when its parent ends; False when the parent is gone already.

    Only Linux knows this; elsewhere the end of the input does it.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    return not parent or os.getppid() == parent


def serve(requests: BinaryIO, replies: BinaryIO, language: str, others: Sequence[str] = ()) -> None:
    """Answer requests until the input ends; a broken request is answered with an error.

    A house is loaded aside: meanwhile sentences are answered with the one before.
    """
    sys.setswitchinterval(_TURN_SECONDS)
    gc.set_threshold(_MOST_NEW_OBJECTS, 50, 100)
    server = _Server(Understander(language, others), replies)
    for line in requests:
        if line.strip():
            server.take(line)
    server.finish()


class _Server:
    """Answers sentences at once, loads houses one after the other in a thread."""

    def __init__(self, understander: Understander, replies: BinaryIO) -> None:
        self._understander = understander
        self._replies = replies
        self._writing, self._loading = threading.Lock(), threading.Lock()
        self._loads: list[threading.Thread] = []

    def take(self, line: bytes) -> None:
        """Answer one request, or have it answered when it is done."""
        if not _LOAD.match(line):
            self._reply(_answer(line, self._understander))
            return
        self._loads = [thread for thread in self._loads if thread.is_alive()]
        thread = threading.Thread(target=self._load, args=(line,), daemon=True)
        self._loads.append(thread)
        thread.start()

    def finish(self) -> None:
        """Wait for what is under way."""
        for thread in self._loads:
            thread.join()

    def _load(self, line: bytes) -> None:
        with self._loading:
            self._reply(_load(line, self._understander))

    def _reply(self, answer: dict[str, Any]) -> None:
        with self._writing:
            self._replies.write(json.dumps(answer).encode() + b"\n")
            self._replies.flush()


class _Load(Payload):
    """A request to load a house."""

    id: int = Field(description="Number of the request")
    load: House = Field(description="The house")


def _load(line: bytes, understander: Understander) -> dict[str, Any]:
    try:
        request = _Load.decode(line)
        understander.load(request.load)
        gc.freeze()
    except WactorzError as error:
        return {"id": _id_of(line), "error": f"the house could not be loaded: {error}"}
    return {"id": request.id, "loaded": request.load.version}


def _id_of(line: bytes) -> Any:
    try:
        return json.loads(line).get("id")
    except (ValueError, AttributeError, RecursionError):
        return None


def _answer(line: bytes, understander: Understander) -> dict[str, Any]:
    request: Any = None
    try:
        request = json.loads(line)
        text = request["text"]
        context = Context.accept(request.get("context") or {"area_id": request.get("area_id")})
        return {"id": request["id"], **understander.understand(text, context).to_wire()}
    except (ValueError, KeyError, TypeError, RecursionError, WactorzError) as error:
        request_id = request.get("id") if isinstance(request, dict) else None
        return {"id": request_id, "error": f"the request could not be read: {type(error).__name__}: {error}"}
