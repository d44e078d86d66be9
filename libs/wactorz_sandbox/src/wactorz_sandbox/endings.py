"""Names what ended a guest."""

import json
from typing import Any

from wasmtime import WasmtimeError

from wactorz_sandbox.errors import GuestEnded, GuestError


def error_of(text: str) -> GuestError:
    """The error that a guest reported."""
    try:
        told: Any = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return GuestError(str(told or text)[:1_000], text)
    return GuestError(str(told.get("error", "")), str(told.get("traceback", "")))


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
