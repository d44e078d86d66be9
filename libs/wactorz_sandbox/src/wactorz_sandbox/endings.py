"""Names what ended a guest."""

import json
from typing import Any

from wasmtime import WasmtimeError

from wactorz_sandbox.errors import GuestEnded, GuestError

_LONGEST_REPORT = 64 * 1024
_LONGEST_LINE = 1_000
_LONGEST_TRACEBACK = 4_000


def error_of(text: str) -> GuestError:
    """The error that a guest reported, cut to what a person reads."""
    try:
        told: Any = json.loads(text) if len(text) <= _LONGEST_REPORT else None
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict):
        line, traceback = told.get("error", ""), told.get("traceback", "")
    else:
        line, traceback = told or text, text
    return GuestError(_cut(line, _LONGEST_LINE), _cut(traceback, _LONGEST_TRACEBACK))


def _cut(value: Any, longest: int) -> str:
    text = type(value).__name__ if isinstance(value, list | dict) else str(value)
    return text[:longest].encode(errors="replace").decode()


def reason_of(error: BaseException, seconds: float, memory_mb: int) -> GuestEnded:
    """The reason behind a trap, in words for a person."""
    text = str(error)
    memory = GuestEnded("memory", f"ended because it used more than its {memory_mb} MB of memory")
    if not isinstance(error, WasmtimeError):
        return memory if "MemoryError" in text else GuestEnded("trap", f"ended by a fault inside: {text[:500]}")
    if "wasm trap: interrupt" in text:
        return GuestEnded("time", f"ended because it ran for {seconds:g} s without waiting for anything")
    if "call stack exhausted" in text:
        return GuestEnded("recursion", "ended because its calls went too deep")
    if "exited with" in text.lower():
        return GuestEnded("exit", "ended because it called for the process to exit")
    if "memory" in text and ("out of bounds" in text or "limit" in text or "allocat" in text):
        return memory
    return GuestEnded("trap", f"ended by a fault inside: {text.strip().splitlines()[-1].strip()[:500]}")
