"""Why an entity is as it is: the chain of causes from what is known; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from wactorz_common.contracts.home import Entity, House
from wactorz_common.contracts.policy import AuditEntry, WhyReport, WhyStep
from wactorz_common.contracts.rules import FiringReport
from wactorz_common.language import decimal
from wactorz_home_assistant.model import moment_of
from wactorz_home_assistant_agent import why_texts
from wactorz_home_assistant_agent.explain import VERBS
from wactorz_home_assistant_agent.german import is_german, phrase
from wactorz_home_assistant_agent.phrases import human
from wactorz_home_assistant_agent.wording import zone_of

_NEAR_SECONDS = 2.0  # between what we sent and what its clock says
_ON_THE_WAY = frozenset({
    "arming", "buffering", "closing", "disarming", "locking", "opening", "pending", "returning", "unlocking",
})  # fmt: skip
What = Literal["said", "trigger", "condition", "rule", "policy", "approval", "sent", "read", "outside"]

_MOST_NAMED = 5
"""Devices of one command that are named; of more, only the one that is asked about."""


@dataclass(frozen=True)
class Outside:
    """What Home Assistant tells of a change that was not ours."""

    kind: Literal["person", "automation", "script", "other", "itself"] = "itself"
    who: str = ""
    because: str = ""


@dataclass(frozen=True)
class Facts:
    """All that is known about an entity and its last changes."""

    entity_id: str
    house: House
    state: Mapping[str, Any] | None
    """Home Assistant's state object; None when there is none."""
    lines: Sequence[AuditEntry] = ()
    """Audit lines about it, newest first."""
    cause: AuditEntry | None = None
    """The line that made it what it is; None when something else did later."""
    trace: Sequence[AuditEntry] = ()
    """All lines of the trace that is the cause, newest first."""
    firing: FiringReport | None = None
    outside: Outside | None = None
    away: tuple[tuple[str, str], ...] = ()
    """What could not be asked: key of the sentence, and its reason."""
    language: str = "en"
    now: float = 0.0


@dataclass
class _Teller:
    """Collects the links of a chain."""

    facts: Facts
    steps: list[WhyStep] = field(default_factory=list)

    def say(
        self, kind: What, key: str, at: float | None = None, detail: dict[str, Any] | None = None, /, **values: Any
    ) -> None:
        """Add a link; `at` is in epoch seconds, `values` fill the sentence."""
        when = moment(at, self.facts) if at is not None else ""
        said = why_texts.text(self.facts.language, key, when=when, **values)
        self.steps.append(WhyStep(at=at, what=kind, text=" ".join(said.split()), detail=detail or {}))

    def report(self, trace_id: str = "") -> WhyReport:
        """The links so far, and what could not be asked."""
        away = [why_texts.text(self.facts.language, key, what=reason) for key, reason in self.facts.away]
        text = "\n".join([*(step.text for step in self.steps), *away])
        return WhyReport(entity_id=self.facts.entity_id, text=text, trace_id=trace_id, steps=tuple(self.steps))


def cause_of(lines: Sequence[AuditEntry], entity_id: str, state: Mapping[str, Any] | None) -> AuditEntry | None:
    """The line of the actuation that made the state what it is; None when something else did later."""
    moved = last_move(lines, entity_id)
    if moved is None or state is None:
        return moved
    changed = moment_of(state.get("last_changed"))
    later = changed is not None and changed > moved.at + _NEAR_SECONDS
    return None if later or _is_past(moved, entity_id, state) else moved


def _is_past(line: AuditEntry, entity_id: str, state: Mapping[str, Any]) -> bool:
    """Whether the state is no longer the one that was read back, however short ago that was."""
    after = state_after(line, entity_id)
    done = any(call.get("state") == "done" for call in _calls(line, entity_id))
    return done and after is not None and after not in _ON_THE_WAY and after != state.get("state")


def last_move(lines: Sequence[AuditEntry], entity_id: str) -> AuditEntry | None:
    """The newest actuation that changed the entity, or may have."""
    return next((line for line in lines if line.kind == "actuation" and _moved(line, entity_id)), None)


def last_moved(lines: Sequence[AuditEntry]) -> str:
    """The entity that was moved last; without any, the one that the newest line is about."""
    moved = (one for line in lines for one in line.entity_ids if line.kind == "actuation" and _moved(line, one))
    return next(moved, next((line.entity_ids[0] for line in lines if line.entity_ids), ""))


def state_after(line: AuditEntry, entity_id: str) -> str | None:
    """The state that was read back then; None when it was not."""
    after = [(call.get("after") or {}).get(entity_id) for call in reversed(list(_calls(line, entity_id)))]
    return next((str(one["state"]) for one in after if isinstance(one, Mapping) and "state" in one), None)


def explain(facts: Facts) -> WhyReport:
    """The chain in words, the cause first."""
    teller = _Teller(facts)
    cause = facts.cause
    if facts.state is None and cause is None:
        key = "unknown_entity" if facts.entity_id else "nothing"
        teller.say("outside", key, name=facts.entity_id)
        return teller.report()
    if cause is None:
        _tell_outside(teller)
        _tell_earlier(teller)
        _tell_refusal(teller, after=moment_of((facts.state or {}).get("last_changed")) or 0.0)
        return teller.report()
    _tell_origin(teller, cause)
    _tell_permission(teller, cause)
    _tell_calls(teller, cause)
    _tell_refusal(teller, after=cause.at)
    return teller.report(cause.trace_id)


def _tell_origin(teller: _Teller, cause: AuditEntry) -> None:
    who = cause.person or why_texts.text(teller.facts.language, "somebody")
    began = min((line.at for line in teller.facts.trace), default=cause.at)
    reason = str(cause.detail.get("reason", ""))
    if cause.rule_id or cause.origin == "rule":
        _tell_rule(teller, cause)
    elif cause.origin == "model":
        teller.say("said", "model", began, what=reason)
    elif cause.origin == "agent":
        teller.say("said", "agent", began, who=cause.person or str(cause.detail.get("sender", "")))
    elif reason:
        teller.say("said", "said", began, who=who, what=reason)
    else:
        teller.say("said", "asked", began, who=who)


def _tell_rule(teller: _Teller, cause: AuditEntry) -> None:
    firing, evidence = teller.facts.firing, dict(cause.detail.get("evidence") or {})
    trigger = dict(firing.trigger if firing and firing.trigger else evidence.get("trigger") or {})
    conditions = firing.conditions if firing and firing.conditions else evidence.get("conditions") or ()
    at = firing.fired_at if firing else cause.at
    _tell_trigger(teller, trigger, at)
    for condition in conditions:
        name = _name(teller.facts, condition.get("entity_id", ""), condition.get("attribute"))
        value = _value(teller.facts, condition.get("actual", condition.get("value")), condition)
        teller.say("condition", "condition", None, dict(condition), name=name, value=value)
    sentence = (firing.task if firing else "") or str(cause.detail.get("reason", ""))
    teller.say("rule", "rule", at, {"rule_id": cause.rule_id}, what=sentence, id=cause.rule_id)


def _tell_trigger(teller: _Teller, trigger: dict[str, Any], at: float) -> None:
    facts = teller.facts
    name = _name(facts, trigger.get("entity_id", ""), trigger.get("attribute"))
    value, kind = _value(facts, trigger.get("value", trigger.get("to")), trigger), trigger.get("kind")
    if kind == "numeric":
        way = "above" if trigger.get("above") is not None else "below"
        limit = _value(facts, trigger.get("threshold", trigger.get(way)), trigger)
        teller.say("trigger", f"trigger_{way}", at, trigger, name=name, value=value, limit=limit)
    elif kind == "state":
        teller.say("trigger", "trigger_state", at, trigger, name=name, value=value)
    elif kind == "sun":
        event = why_texts.text(facts.language, str(trigger.get("event", "sunset")))
        teller.say("trigger", "trigger_sun", at, trigger, value=event)
    elif kind == "time":
        teller.say("trigger", "trigger_time", at, trigger, value=trigger.get("at", ""))
    elif kind == "interval":
        teller.say("trigger", "trigger_interval", at, trigger, value=f"{trigger.get('seconds', 0):g}")
    else:
        teller.say("trigger", "trigger_other", at, trigger)


def _tell_permission(teller: _Teller, cause: AuditEntry) -> None:
    approvals = [line for line in reversed(teller.facts.trace) if line.kind == "approval"]
    if cause.detail.get("granted"):
        teller.say("policy", "granted")
    elif approvals or cause.detail.get("approval_id"):
        teller.say("policy", "asked_for_yes")
    else:
        teller.say("policy", "safe")
    for line in approvals:
        verdict = str(line.detail.get("verdict", ""))
        if verdict in ("approved", "denied", "expired"):
            who = line.person or why_texts.text(teller.facts.language, "somebody")
            teller.say("approval", verdict, line.at, {"approval_id": line.detail.get("approval_id", "")}, who=who)


def _tell_calls(teller: _Teller, cause: AuditEntry) -> None:
    for call in _calls(cause, teller.facts.entity_id):
        said = _call(teller.facts, call)
        if call.get("verdict") == "sent":
            teller.say("sent", "sent", cause.at, call, call=said)
            key = "read" if call.get("state") == "done" else "unread"
            teller.say("read", key, cause.at, {"after": call.get("after")}, what=str(call.get("text", "")))
        else:
            teller.say("policy", "not_sent", cause.at, call, call=said, what=str(call.get("text", "")))


def _tell_outside(teller: _Teller) -> None:
    facts, state = teller.facts, teller.facts.state or {}
    changed, outside = moment_of(state.get("last_changed")), facts.outside or Outside()
    detail = {"context": state.get("context") or {}}
    name, shown = _name(facts, facts.entity_id), _value(facts, state.get("state"), {"entity_id": facts.entity_id})
    teller.say("outside", "is_so", changed, name=name, state=shown)
    because = why_texts.text(facts.language, "because", what=outside.because) if outside.because else ""
    teller.say("outside", f"by_{outside.kind}", changed, detail, who=outside.who, what=because)


def _tell_earlier(teller: _Teller) -> None:
    """The last thing that Wactorz did with it, when something else came later."""
    facts = teller.facts
    ours = last_move(facts.lines, facts.entity_id)
    if ours is not None:
        call = next(call for call in _calls(ours, facts.entity_id) if call.get("verdict") == "sent")
        teller.say("sent", "before_that", ours.at, call, call=_call(facts, call))


def _tell_refusal(teller: _Teller, after: float) -> None:
    """A wish that came later and was not fulfilled."""
    facts = teller.facts
    newest = next((line for line in facts.lines if line.kind == "actuation" and line.at > after), None)
    calls = _calls(newest, facts.entity_id) if newest is not None else []
    if newest is None or any(call.get("verdict", "sent") == "sent" for call in calls) or not calls:
        return
    what = str(calls[0].get("text") or newest.detail.get("text", ""))
    teller.say("policy", "refused_later", newest.at, calls[0], call=_call(facts, calls[0]), what=what)


# -- reading ------------------------------------------------------------------------------------------------------


def _calls(line: AuditEntry, entity_id: str) -> list[dict[str, Any]]:
    calls = [call for call in line.detail.get("calls") or () if isinstance(call, Mapping)]
    return [dict(call) for call in calls if entity_id in (call.get("entity_id") or ())]


def _moved(line: AuditEntry, entity_id: str) -> bool:
    """Whether a call was sent that changed the entity, or may have."""
    for call in _calls(line, entity_id):
        before, after = (call.get("before") or {}).get(entity_id), (call.get("after") or {}).get(entity_id)
        if call.get("verdict") == "sent" and not line.detail.get("late") and (before is None or before != after):
            return True
    return False


def _name(facts: Facts, entity_id: str, attribute: Any = None) -> str:
    entity = _entity(facts, entity_id)
    name = entity.name if entity else entity_id
    return f"{name} ({human(attribute)})" if attribute else name


def _entity(facts: Facts, entity_id: str) -> Entity | None:
    return next((entity for entity in facts.house.entities if entity.entity_id == entity_id), None)


def _value(facts: Facts, value: Any, about: Mapping[str, Any]) -> str:
    entity = _entity(facts, str(about.get("entity_id", "")))
    shown = f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")
    is_number = isinstance(value, int | float) or shown.replace(".", "", 1).replace("-", "", 1).isdigit()
    unit = entity.unit if entity and entity.unit and is_number and not about.get("attribute") else ""
    shown = decimal(float(shown)) if is_number and is_german() else human(shown)
    return f"{shown} {unit}".strip()


def _call(facts: Facts, call: Mapping[str, Any]) -> str:
    meant = sorted((str(one) for one in call.get("entity_id") or ()), key=lambda one: one != facts.entity_id)
    shown = meant if len(meant) <= _MOST_NAMED else meant[:1]
    names = ", ".join(_name(facts, one) for one in shown)
    names += f" + {len(meant) - len(shown)}" if len(meant) > len(shown) else ""
    data = ", ".join(f"{human(key)} {value}" for key, value in (call.get("data") or {}).items())
    service = str(call.get("service", ""))
    does = phrase(VERBS[service], what=names) if is_german() and service in VERBS else f"{human(service)} {names}"
    return phrase("“{name}”", name=f"{does}{f' ({data})' if data else ''}")


def moment(at: float, facts: Facts) -> str:
    """A time as people say it."""
    zone, language = zone_of(facts.house), facts.language
    then, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(facts.now, zone)
    days, clock = (today.date() - then.date()).days, f"{then:%H:%M}"
    if days <= 1:
        return why_texts.text(language, "yesterday" if days == 1 else "at", clock=clock)
    name = why_texts.month(language, then.month, f"{then:%B}")
    return why_texts.text(language, "on", day=then.day, month=name, clock=clock)
