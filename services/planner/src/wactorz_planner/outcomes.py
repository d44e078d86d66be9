"""What is kept of firings in English codes and clauses, told in the language of whoever asks; pure."""

import re

from wactorz_common.contracts.rules import FiringReport
from wactorz_common.contracts.tasks import TaskState
from wactorz_planner.german import phrase

MISSED_ONCE = "missed once, because Wactorz did not run or the rule was not ready at that time"
MISSED = "missed {count} times, because Wactorz did not run or the rule was not ready at that time"
UNDER_WAY = "under way"

_MISSED = re.compile(re.escape(MISSED).replace(r"\{count\}", r"(\d+)"))
_STATES = frozenset(state.value for state in TaskState)


def told(outcome: str) -> str:
    """How a firing ended; what an agent said of it stays in its words."""
    state, colon, detail = outcome.partition(": ")
    if colon and state in _STATES:
        return f"{phrase(state)}: {told(detail)}"
    missed = _MISSED.fullmatch(outcome)
    return phrase(MISSED, count=missed[1]) if missed else phrase(outcome)


def reported(firing: FiringReport) -> FiringReport:
    """A firing as it is told."""
    return firing.model_copy(update={"outcome": told(firing.outcome)})
