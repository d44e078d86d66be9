"""Entry point of the `wactorz` command."""

import os
import sys
from collections.abc import Sequence

from cyclopts import CycloptsError

from wactorz_cli.commands import app
from wactorz_cli.render import printable
from wactorz_common.errors import WactorzError

FAILED, USAGE, INTERRUPTED = 1, 2, 130


def main() -> None:
    """Run one command and end with its exit code."""
    sys.exit(execute(sys.argv[1:]))


def execute(arguments: Sequence[str]) -> int:
    """Run one command; every failure is one sentence on the error stream and a code that is not 0."""
    try:
        code = app(list(arguments), exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
    except CycloptsError as error:
        return _say(f"{_first_line(error)} (`wactorz --help` shows how)", USAGE)
    except WactorzError as error:
        return _say(str(error), FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code if isinstance(code, int) else 0


def _first_line(error: CycloptsError) -> str:
    return " ".join(str(error).split()).rstrip(".") or "The command cannot be understood"


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"wactorz: {printable(sentence)}\n")
    return code


if __name__ == "__main__":
    main()
