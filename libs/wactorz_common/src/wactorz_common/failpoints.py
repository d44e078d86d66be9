"""Named places at which a test may kill the process at once; they do nothing unless configured."""

import os
import random
import signal

from wactorz_common.errors import ConfigError

FAILPOINTS: tuple[str, ...] = (
    "store.before_commit",
    "store.after_commit",
    "outbox.before_accept_commit",
    "outbox.after_accept_commit",
    "outbox.before_publish",
    "outbox.after_publish",
    "outbox.before_reply_commit",
    "outbox.after_reply_commit",
    "outbox.before_end_commit",
    "outbox.after_end_commit",
    "inbox.before_intent_commit",
    "inbox.after_intent_commit",
    "handler.before_effect",
    "handler.after_effect",
    "inbox.before_done_commit",
    "inbox.after_done_commit",
    "inbox.before_reply_publish",
    "inbox.after_reply_publish",
)
"""Every failpoint of the durable task protocol; the agent layer passes the `handler` and `reply_publish` ones."""

PLAN_FAILPOINTS: tuple[str, ...] = tuple(
    f"plan.{when}_{edge}_commit"
    for edge in ("begin", "steps", "workers", "step", "result", "end", "tidy")
    for when in ("before", "after")
)
"""Around each commit in the life of a plan."""

_KNOWN = frozenset((*FAILPOINTS, *PLAN_FAILPOINTS))
_chances: dict[str, float] = {}
_countdowns: dict[str, int] = {}


def configure(spec: str) -> None:
    """Arm failpoints from `name:0.01,name:3`: below 1 a probability, otherwise the hit that kills; "" disarms all."""
    chances: dict[str, float] = {}
    countdowns: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in spec.split(","))):
        name, _, value = part.partition(":")
        if name not in _KNOWN:
            raise ConfigError(f"WACTORZ_FAILPOINTS names '{name}', which is none of: {', '.join(sorted(_KNOWN))}")
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if number >= 1 and number.is_integer():
            countdowns[name] = int(number)
        elif 0 <= number < 1:
            chances[name] = number
        else:
            raise ConfigError(f"WACTORZ_FAILPOINTS has '{part}': give a probability below 1 or the number of the hit")
    _chances.clear()
    _chances.update(chances)
    _countdowns.clear()
    _countdowns.update(countdowns)


def failpoint(name: str) -> None:
    """Pass the place called `name`; kill this process with SIGKILL when the configuration says so."""
    if name not in _KNOWN:
        raise ConfigError(f"'{name}' is not declared in FAILPOINTS")
    if not _chances and not _countdowns:
        return
    left = _countdowns.get(name)
    if left is not None:
        _countdowns[name] = left - 1
    if left == 1 or random.random() < _chances.get(name, 0.0):  # noqa: S311  # chance, not secrecy
        os.kill(os.getpid(), signal.SIGKILL)
