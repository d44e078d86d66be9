"""The worker process: one JSON line in, one JSON line out, until the input ends."""

import ctypes
import json
import os
import signal
import threading
from collections.abc import Sequence
from typing import Any, BinaryIO

from wactorz_common.contracts.home import House
from wactorz_common.errors import WactorzError
from wactorz_understanding.context import Context
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


def serve(requests: BinaryIO, replies: BinaryIO, language: str, others: Sequence[str] = ()) -> None:
    """Answer requests until the input ends; a broken request is answered with an error.

    A house is loaded aside: meanwhile sentences are answered with the one before.
    """
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
        if b'"load"' not in line:
            self._reply(line)
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
            self._reply(line)

    def _reply(self, line: bytes) -> None:
        reply = json.dumps(_answer(line, self._understander)).encode() + b"\n"
        with self._writing:
            self._replies.write(reply)
            self._replies.flush()


def _answer(line: bytes, understander: Understander) -> dict[str, Any]:
    request: Any = None
    try:
        request = json.loads(line)
        if "load" in request:
            understander.load(House.accept(request["load"]))
            return {"id": request["id"], "loaded": request["load"]["version"]}
        text = request["text"]
        context = Context.accept(request.get("context") or {"area_id": request.get("area_id")})
        return {"id": request["id"], **understander.understand(text, context).to_wire()}
    except (ValueError, KeyError, TypeError, RecursionError, WactorzError) as error:
        request_id = request.get("id") if isinstance(request, dict) else None
        return {"id": request_id, "error": f"the request could not be read: {type(error).__name__}: {error}"}
