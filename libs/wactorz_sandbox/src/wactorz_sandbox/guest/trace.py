"""Tracebacks that show an agent's own lines."""

import linecache
import traceback

SOURCE_NAME = "<agent>"
_LONGEST = 4_000


def remember(source: str) -> None:
    """Have tracebacks quote the lines of this source."""
    linecache.cache[SOURCE_NAME] = (len(source), None, source.splitlines(keepends=True), SOURCE_NAME)


def brief(error: BaseException) -> str:
    """The error in a line."""
    if isinstance(error, MemoryError):
        return "MemoryError: the memory of this agent is used up"
    return _own_name(traceback.format_exception_only(error)[-1].strip())[:1_000]


def of(error: BaseException) -> str:
    """The traceback, with the library's own frames left out where the agent has some."""
    whole = traceback.TracebackException.from_exception(error, limit=-30)
    own = [frame for frame in whole.stack if frame.filename == SOURCE_NAME]
    if own:
        whole.stack = traceback.StackSummary.from_list(own)
    return _own_name("".join(whole.format(chain=False)))[-_LONGEST:]


def _own_name(text: str) -> str:
    return text.replace("wactorz_sandbox.guest.port.", "")
