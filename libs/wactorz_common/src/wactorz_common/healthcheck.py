"""Whether the agent of this container works: `python -m wactorz_common.healthcheck FILE`.

The work loop writes with each heartbeat until when it counts as alive; a loop that is dead or blocked writes nothing.
Only the standard library is imported: this runs every few seconds, beside every agent.
"""

import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path

_FAR = 86_400.0


def note(path: Path, seconds: float) -> None:
    """Write that the agent is alive, and that this holds for so many seconds."""
    draft = path.with_suffix(".new")
    draft.write_text(f"{time.time() + seconds:.3f}\n")
    draft.replace(path)


def problem(text: str, now: float) -> str:
    """What is wrong with an agent that wrote this; empty when it is alive. `now` in seconds since the epoch."""
    try:
        until = float(text)
    except ValueError:
        until = math.nan
    if not math.isfinite(until) or until > now + _FAR:
        return "The health file holds no time of these days"
    return f"The work loop has been silent for {now - until:.0f} s longer than it may be" if until < now else ""


def main(arguments: Sequence[str]) -> int:
    """Print what is wrong and return 1, or return 0."""
    try:
        wrong = problem(Path(arguments[0]).read_text(), time.time())
    except IndexError:
        wrong = "Name the health file: python -m wactorz_common.healthcheck FILE"
    except OSError as error:
        wrong = f"No heartbeat yet: {error.strerror}"
    if wrong:
        sys.stdout.write(wrong + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
