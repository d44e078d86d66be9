"""Whether a notice is told now, later or not at all; pure."""

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Literal

from wactorz_common.contracts.notices import Notice
from wactorz_notifier.journal import Told

QUIET, STORM = "quiet", "storm"
EDITABLE_SECONDS = 86_400.0
"""A message that is older is far up in its channel: people would not see it change."""

MINUTE = 60.0
_MOST_PLACES = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a notice; `until` in epoch seconds, `why` of what is held."""

    kind: Literal["send", "edit", "hold", "suppress"]
    message_id: str = ""
    until: float = 0.0
    why: str = ""


def decide(
    notice: Notice, now: float, told: Told | None, *, quiet_until: float | None, busy_until: float | None,
    can_edit: bool,
) -> Verdict:  # fmt: skip
    """The verdict over a notice that goes to one place. Nothing is louder for being edited, so that an edit goes on."""
    is_there = told is not None and told.message_id and 0 <= now - told.message_at < EDITABLE_SECONDS
    if notice.edit and can_edit and told is not None and is_there:
        return Verdict("edit", told.message_id)
    if told is not None and 0 <= now - told.at < notice.cooldown_seconds:
        return Verdict("suppress", until=told.at + notice.cooldown_seconds)
    if quiet_until is not None and notice.severity != "critical":
        return Verdict("hold", until=quiet_until, why=QUIET)
    if busy_until is not None:
        return Verdict("hold", until=busy_until, why=STORM)
    return Verdict("send")


class Pace:
    """Counts messages per place, and says when there is room for more."""

    def __init__(self, per_minute: int) -> None:
        self.most = per_minute
        self._sent: dict[str, deque[float]] = defaultdict(deque)

    def note(self, target: str, now: float) -> None:
        """A message goes out."""
        self._sent[target].append(now)
        if len(self._sent) > _MOST_PLACES:
            del self._sent[next(iter(self._sent))]

    def busy_until(self, target: str, now: float, *, is_critical: bool = False) -> float | None:
        """When the next message may go out, if not now; what is critical has as much room again."""
        sent = self._sent[target]
        while sent and not 0 <= now - sent[0] < MINUTE:
            sent.popleft()
        most = self.most * 2 if is_critical else self.most
        return sent[len(sent) - most] + MINUTE if len(sent) >= most else None
