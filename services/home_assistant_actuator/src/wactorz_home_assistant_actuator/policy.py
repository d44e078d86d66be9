"""What may be sent to devices: absolute commands, to devices that can do it, within what people have laid down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from wactorz_common.contracts.home import Entity, ServiceCall
from wactorz_common.errors import Refused
from wactorz_common.risk import TARGET_KEYS, Risk, Verdict, assess, members_of, secures
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator import limits, wording
from wactorz_home_assistant_actuator.abilities import shortfall
from wactorz_home_assistant_actuator.around import Around, Registry
from wactorz_home_assistant_actuator.german import phrase
from wactorz_home_assistant_actuator.wish import Wish

_GENERIC = "homeassistant"
_GENERIC_SERVICES = frozenset({"turn_on", "turn_off"})
_OUTWARD = frozenset({"notify", "todo", "calendar"})
_ONLY = {"scene": frozenset({"turn_on"}), "group": frozenset[str]()}
_OF_SCRIPTS = frozenset({"turn_on", "turn_off"})
_VERBS = {
    "lock": "; say lock", "cover": "; say open or close", "alarm_control_panel": "; say arm",
    "valve": "; say open or close",
}  # fmt: skip
_MAX_DEPTH = 4


@dataclass(frozen=True)
class Cleared:
    """A call as it may be sent now, if any of it may; what waits for a yes; a sentence for each that was left out."""

    call: ServiceCall | None = None
    left_out: tuple[str, ...] = ()
    waits: ServiceCall | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    """What is to happen with one entity of a call."""

    way: Literal["go", "wait", "no"]
    sentence: str = ""


def clear(call: ServiceCall, around: Around, wish: Wish) -> Cleared:
    """What may be sent of a call; raises Refused with one sentence for each reason when nothing of it ever may be."""
    _refuse_whole(call, around)
    found = {entity_id: _find(call, entity_id, around, wish) for entity_id in dict.fromkeys(call.entity_id)}
    left_out = tuple(one.sentence for one in found.values() if one.way == "no")
    if len(left_out) == len(found):
        raise Refused(" ".join(dict.fromkeys(left_out)))
    return Cleared(
        _part(call, found, "go"), left_out, _part(call, found, "wait"),
        tuple(one.sentence for one in found.values() if one.way == "wait"),
    )  # fmt: skip


def opening(call: ServiceCall, around: Around) -> list[Verdict]:
    """Why a rule needs a standing yes for a call: one verdict for each entity that it opens or that is limited."""
    registry = Registry(around.states)
    found = []
    for entity_id in call.entity_id:
        verdict = _verdict(call.model_copy(update={"entity_id": (entity_id,)}), entity_id, around, registry)
        if verdict.risk is Risk.OPENING:
            found.append(verdict)
        elif any(limits.names_people(around.policies, one) for one in reached((entity_id,), around.states)):
            found.append(
                Verdict(Risk.OPENING, phrase("only some people may change {name}", name=_name(entity_id, around)))
            )
    return found


def reached(entity_ids: tuple[str, ...], states: Mapping[str, State], depth: int = 0) -> list[str]:
    """The entities and all their known members."""
    found = list(entity_ids)
    for entity_id in entity_ids:
        if depth < _MAX_DEPTH and entity_id in states:
            found += reached(members_of(states[entity_id].to_entity()), states, depth + 1)
    return list(dict.fromkeys(found))


def _part(call: ServiceCall, found: Mapping[str, _Found], way: str) -> ServiceCall | None:
    chosen = tuple(entity_id for entity_id, one in found.items() if one.way == way)
    return _resolve(call.model_copy(update={"entity_id": chosen})) if chosen else None


def _refuse_whole(call: ServiceCall, around: Around) -> None:
    if "toggle" in call.service:
        raise Refused(
            phrase("Toggling is not possible here, because it may end either way; say on or off, open or close.")
        )
    hidden = sorted(TARGET_KEYS & call.data.keys())
    if hidden:
        raise Refused(
            phrase(
                "The data of {domain}.{service} may not name further targets ({hidden}).",
                domain=call.domain,
                service=call.service,
                hidden=hidden[0],
            )
        )
    if call.domain == _GENERIC:
        if call.service not in _GENERIC_SERVICES:
            raise Refused(phrase("homeassistant.{service} is not an action on a device.", service=call.service))
        return
    known = around.services.get(call.domain)
    if known is None:
        raise Refused(phrase("Home Assistant has no services called {domain}.", domain=call.domain))
    if call.service not in known:
        possible = ", ".join(sorted(name for name in known if "toggle" not in name and name != "reload"))
        raise Refused(
            phrase(
                "Home Assistant has no {domain}.{service}; {domain} knows: {possible}.",
                domain=call.domain,
                service=call.service,
                possible=possible,
            )
        )
    if call.service == "reload" or (call.domain in _ONLY and call.service not in _ONLY[call.domain]):
        raise Refused(
            phrase("{domain}.{service} is not an action on a device.", domain=call.domain, service=call.service)
        )
    missing = [name for name in around.required.get(f"{call.domain}.{call.service}", ()) if name not in call.data]
    if missing:
        raise Refused(
            phrase(
                "{domain}.{service} needs a value for {missing}, so nothing was sent.",
                domain=call.domain,
                service=call.service,
                missing=phrase(" and ").join(missing),
            )
        )


def _find(call: ServiceCall, entity_id: str, around: Around, wish: Wish) -> _Found:
    state = around.states.get(entity_id)
    if state is None:
        since = phrase(" any more: it was removed or renamed since the question was asked") if wish.approved else ""
        return _Found(
            "no", phrase("There is no {entity_id} in Home Assistant{since}.", entity_id=entity_id, since=since)
        )
    one = call.model_copy(update={"entity_id": (entity_id,)})
    problem = _misfit(one, state, around) or limits.problem(reached((entity_id,), around.states), around, wish)
    if problem:
        return _Found("no", problem)
    verdict = _verdict(one, entity_id, around, Registry(around.states), tainted=wish.tainted)
    opens = verdict.risk is Risk.OPENING
    if wish.tainted and (opens or state.domain in _OUTWARD or _names_address(call.data)):
        return _Found("no", wording.never(one, state, verdict.reason))
    if not state.available:
        return _Found(
            "no",
            phrase(
                "{name} is unavailable, so nothing was sent to it; check its power and connection.", name=state.name
            ),
        )
    lacking = shortfall(call.service, call.data, state)
    if lacking:
        return _Found("no", lacking)
    return _Found("wait", wording.asks(one, state, verdict.reason)) if opens and not wish.may_open else _Found("go")


def _names_address(value: object) -> bool:
    """Whether the data names an address outside, which tells whoever is there what stands in it."""
    if isinstance(value, Mapping):
        return any(map(_names_address, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_names_address, value))
    return isinstance(value, str) and "://" in value.replace("media-source://", "")


def _verdict(
    call: ServiceCall, entity_id: str, around: Around, registry: Mapping[str, Entity], *, tainted: bool = False
) -> Verdict:
    """The class of a call on one entity, with what people have laid down; a lower class never helps outside text."""
    own = around.policies.get(entity_id)
    verdict = assess(call, registry)
    if verdict.risk is Risk.OPENING and own is not None and own.risk == "B" and not tainted:
        verdict = Verdict(Risk.REVERSIBLE)
    if verdict.risk is Risk.OPENING or secures(call, registry.get(entity_id) or _unknown(entity_id), registry):
        return verdict
    for one in reached((entity_id,), around.states):
        laid = around.policies.get(one)
        if laid is not None and laid.risk == "C":
            return Verdict(Risk.OPENING, phrase("{name} is set to ask each time", name=_name(one, around)))
    return verdict


def _misfit(call: ServiceCall, state: State, around: Around) -> str:
    """A service of another domain is one that Home Assistant would ignore without a word."""
    if state.domain == "group":
        return _misfit_of_group(call, state, around)
    if call.domain == _GENERIC:
        return "" if call.service in around.services.get(state.domain, frozenset()) else _no_switch(state)
    if call.domain != state.domain:
        kind = phrase(state.domain.replace("_", " "))
        return phrase(
            "{domain}.{service} does nothing to {name}, which is a {kind}.",
            domain=call.domain,
            service=call.service,
            name=state.name,
            kind=kind,
        )
    if call.domain == "script" and call.service not in _OF_SCRIPTS and state.entity_id != f"script.{call.service}":
        return phrase(
            "script.{service} does nothing to {name}; say script.turn_on.", service=call.service, name=state.name
        )
    return ""


def _misfit_of_group(call: ServiceCall, state: State, around: Around) -> str:
    """Home Assistant passes over members that lack the service, without a word."""
    if call.domain != _GENERIC:
        return phrase(
            "{domain}.{service} does nothing to {name}, which is a group.",
            domain=call.domain,
            service=call.service,
            name=state.name,
        )
    for member in reached((state.entity_id,), around.states)[1:]:
        known = around.states.get(member)
        if known is None or known.domain == "group":
            continue
        if call.service not in around.services.get(known.domain, frozenset()):
            return phrase(
                "{name} holds {name2}: {no_switch}",
                name=state.name,
                name2=_name(member, around),
                no_switch=_no_switch(known),
            )
    return ""


def _no_switch(state: State) -> str:
    hint = _VERBS.get(state.domain)
    cannot = phrase("{name} cannot be turned on or off", name=state.name)
    return cannot + (phrase(hint) if hint else "") + "."


def _name(entity_id: str, around: Around) -> str:
    state = around.states.get(entity_id)
    return state.name if state is not None else entity_id


def _unknown(entity_id: str) -> Entity:
    return Entity(entity_id=entity_id, name=entity_id)


def _resolve(call: ServiceCall) -> ServiceCall:
    """Name the domain's own service when all entities share one."""
    domains = {entity_id.partition(".")[0] for entity_id in call.entity_id}
    if call.domain == _GENERIC and len(domains) == 1 and "group" not in domains:
        return call.model_copy(update={"domain": domains.pop()})
    return call
