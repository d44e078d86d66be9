"""What may be sent to devices: absolute commands, to devices that exist and can do it, and nothing that opens."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wactorz_common.contracts.home import Entity, ServiceCall
from wactorz_common.errors import Refused
from wactorz_common.risk import Risk, Verdict, assess
from wactorz_home_assistant import State, inline
from wactorz_home_assistant_actuator.abilities import shortfall

Services = Mapping[str, frozenset[str]]
"""Names of the services by domain."""

_GENERIC = "homeassistant"
_GENERIC_SERVICES = frozenset({"turn_on", "turn_off"})
_TARGET_KEYS = frozenset({"area_id", "device_id", "floor_id", "label_id", "target", "entity_id"})
_GERUNDS = {
    "unlock": "Unlocking", "open": "Opening", "open_cover": "Opening", "set_cover_position": "Opening",
    "open_valve": "Opening", "set_valve_position": "Opening", "open_cover_tilt": "Opening",
    "set_cover_tilt_position": "Opening", "alarm_disarm": "Disarming",
}  # fmt: skip
_VERBS = {"lock": "lock", "cover": "open or close", "alarm_control_panel": "arm", "valve": "open or close"}


@dataclass(frozen=True)
class Cleared:
    """A call as it may be sent, and a sentence for each entity that was left out of it."""

    call: ServiceCall
    left_out: tuple[str, ...] = ()


class Registry(Mapping[str, Entity]):
    """States seen as the entities that risks are assessed on."""

    def __init__(self, states: Mapping[str, State]) -> None:
        self._states = states

    def __getitem__(self, entity_id: str) -> Entity:
        return self._states[entity_id].to_entity()

    def __iter__(self) -> Iterator[str]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)


def clear(call: ServiceCall, states: Mapping[str, State], services: Services, *, tainted: bool = False) -> Cleared:
    """The call as it may be sent; raises Refused with one sentence for each reason when nothing of it may be."""
    _refuse_whole(call, services)
    problems = {entity_id: _problem(call, entity_id, states, services, tainted=tainted) for entity_id in call.entity_id}
    good = tuple(dict.fromkeys(entity_id for entity_id, problem in problems.items() if not problem))
    left_out = tuple(problem for problem in problems.values() if problem)
    if not good:
        raise Refused(" ".join(left_out))
    return Cleared(_resolve(call.model_copy(update={"entity_id": good})), left_out)


def _refuse_whole(call: ServiceCall, services: Services) -> None:
    if "toggle" in call.service:
        raise Refused("Toggling is not possible here, because it may end either way; say on or off, open or close.")
    hidden = sorted(_TARGET_KEYS & call.data.keys())
    if hidden:
        raise Refused(f"The data of {call.domain}.{call.service} may not name further targets ({hidden[0]}).")
    if call.domain == _GENERIC:
        if call.service not in _GENERIC_SERVICES:
            raise Refused(f"homeassistant.{call.service} is not an action on a device.")
        return
    known = services.get(call.domain)
    if known is None:
        raise Refused(f"Home Assistant has no services called {call.domain}.")
    if call.service not in known:
        possible = ", ".join(sorted(name for name in known if "toggle" not in name and name != "reload"))
        raise Refused(f"Home Assistant has no {call.domain}.{call.service}; {call.domain} knows: {possible}.")


def _problem(
    call: ServiceCall, entity_id: str, states: Mapping[str, State], services: Services, *, tainted: bool
) -> str:
    """Why this entity is left out; empty when nothing speaks against it."""
    state = states.get(entity_id)
    if state is None:
        return f"There is no {entity_id} in Home Assistant."
    misfit = _misfit(call, state, services)
    if misfit:
        return misfit
    verdict = assess(call.model_copy(update={"entity_id": (entity_id,)}), Registry(states))
    if verdict.risk is Risk.OPENING:
        return _needs_confirmation(call, state, verdict, tainted=tainted)
    if not state.available:
        return f"{state.name} is unavailable, so nothing was sent to it; check its power and its connection."
    return shortfall(call.service, call.data, state)


def _misfit(call: ServiceCall, state: State, services: Services) -> str:
    """A service of another domain is one that Home Assistant would ignore without a word."""
    if state.domain == "group":
        return ""
    if call.domain == _GENERIC:
        if call.service in services.get(state.domain, frozenset()):
            return ""
        hint = _VERBS.get(state.domain)
        return f"{state.name} cannot be turned on or off" + (f"; say {hint}." if hint else ".")
    if call.domain != state.domain:
        kind = state.domain.replace("_", " ")
        return f"{call.domain}.{call.service} does nothing to {state.name}, which is a {kind}."
    return ""


def _needs_confirmation(call: ServiceCall, state: State, verdict: Verdict, *, tainted: bool) -> str:
    if tainted:
        return f"{_sentence(verdict.reason)}, which text from outside may never bring about; nothing was done."
    gerund = _GERUNDS.get(call.service)
    if gerund is None:
        return f"{_sentence(verdict.reason)}; that needs a confirmation, which is not built in yet."
    after = f"stays {state.state}" if state.available else "was left alone"
    return f"{gerund} needs a confirmation, which is not built in yet; the {inline(state.name)} {after}."


def _sentence(clause: str) -> str:
    return clause[:1].upper() + clause[1:]


def _resolve(call: ServiceCall) -> ServiceCall:
    """Name the domain's own service when all entities share one."""
    domains = {entity_id.partition(".")[0] for entity_id in call.entity_id}
    if call.domain == _GENERIC and len(domains) == 1 and "group" not in domains:
        return call.model_copy(update={"domain": domains.pop()})
    return call
