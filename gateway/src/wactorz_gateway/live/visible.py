"""What browsers may ever read on the bus, as topic filters; nothing that is said to one agent or one person only."""

from collections.abc import Iterable

from wactorz_common.contracts.guests import AGENT_LEAF, FREE, OWN_LEAVES
from wactorz_common.contracts.home import ACTUATIONS, HOUSE_VERSION, STATE_CHANGE
from wactorz_common.contracts.lifecycle import (
    ALERT,
    COMPLETED,
    ERRORS,
    HEARTBEAT,
    LOGS,
    MANIFEST,
    METRICS,
    SPAWNED,
    STATUS,
)
from wactorz_common.contracts.live import FLOWS
from wactorz_common.contracts.nodes import NODE_EVENTS, NODE_HEARTBEAT
from wactorz_common.contracts.notices import NOTICES
from wactorz_common.contracts.spawning import APPROVAL_EVENTS
from wactorz_common.contracts.system import HALT, HEALTH
from wactorz_common.errors import ContractError
from wactorz_common.rights import covers, is_filter

MAX_FILTERS = 50
"""Topic filters that one client may give."""

_PRIVATE_LEAVES = ("chat", "questions", "actuations")
_LIFECYCLE = (SPAWNED, HEARTBEAT, STATUS, METRICS, LOGS, ERRORS, ALERT, COMPLETED, MANIFEST, ACTUATIONS, NOTICES)

ALWAYS: tuple[str, ...] = (
    *(channel.filter() for channel in _LIFECYCLE),
    *(AGENT_LEAF.filter(leaf=leaf) for leaf in OWN_LEAVES if leaf not in _PRIVATE_LEAVES),
    f"{STATE_CHANGE.address.partition('{')[0]}#", HOUSE_VERSION.filter(), NODE_HEARTBEAT.filter(),
    NODE_EVENTS.filter(), HEALTH.filter(), HALT.filter(), "system/alerts", APPROVAL_EVENTS.filter(), FLOWS.filter(),
)  # fmt: skip
"""Topics that are logged whether somebody looks or not, so that a browser that slept can catch up."""

ON_DEMAND: tuple[str, ...] = FREE
"""Topics that are listened to while somebody subscribes to them: agents speak there as much as they like."""

VISIBLE: tuple[str, ...] = (*ALWAYS, *ON_DEMAND)


def checked(filters: Iterable[str], *, within: tuple[str, ...] = VISIBLE) -> tuple[str, ...]:
    """The filters, each once; ContractError says which one cannot be had, and why."""
    given = tuple(dict.fromkeys(one.strip() for one in filters if one.strip()))
    if len(given) > MAX_FILTERS:
        raise ContractError(f"These are {len(given)} topics: subscribe to at most {MAX_FILTERS}")
    for one in given:
        shown = one[:100].encode(errors="replace").decode()
        if not is_filter(one):
            raise ContractError(f"'{shown}' is no topic filter: + stands for one level, # for all that follow")
        if not covers(within, one):
            raise ContractError(
                f"'{shown}' is not, or not only, for browsers: name topics such as {', '.join(_shown(within))}"
            )
    return given


def demanded(filters: Iterable[str]) -> frozenset[str]:
    """Those of the topics on demand that these filters take in."""
    return frozenset(wide for wide in ON_DEMAND for one in filters if covers((wide,), one))


def _shown(within: tuple[str, ...]) -> tuple[str, ...]:
    few = ("agents/+/status", "homeassistant/state_changes/#", "custom/#")
    return tuple(one for one in few if covers(within, one)) or within[:3]
