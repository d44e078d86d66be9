"""What the notifier says to people who write to it; pure."""

import re
from collections.abc import Sequence

from wactorz_common.contracts.notices import Target
from wactorz_notifier.german import phrase
from wactorz_notifier.places import how_to

TEST = "This is a test from Wactorz. Notices arrive here."

_TEST = re.compile(r"\s*test(?:\s+(?P<target>\S+))?\s*[.!]?\s*", re.IGNORECASE)


def place_to_try(text: str) -> str | None:
    """The place that a person wants to have tested; empty for the usual one, None when they want something else."""
    found = _TEST.fullmatch(text)
    return None if found is None else (found["target"] or "")


def listing(targets: Sequence[Target], quiet_hours: str) -> str:
    """The places for notices, and what can be said."""
    if not targets:
        return phrase(
            "No place for notices is stored, so that they are shown on the page. For one, {how_to}.", how_to=how_to("")
        )
    lines = [f"- {_line(target)}" for target in targets]
    quiet = phrase("\nQuiet hours: {quiet_hours}.", quiet_hours=quiet_hours) if quiet_hours else ""
    trial = phrase("To try one, say `@notifier test {name}`.", name=targets[0].name)
    return "\n".join([phrase("Notices go to:"), *lines]) + f"{quiet}\n{trial}"


def _line(target: Target) -> str:
    kind = "" if target.service == target.name else f" ({target.service})"
    usual = phrase(", the usual one") if target.usual else ""
    trouble = phrase("; the last notice did not arrive: {problem}", problem=target.problem) if target.problem else ""
    return f"{target.name}{kind}: {target.hint}{usual}{trouble}"
