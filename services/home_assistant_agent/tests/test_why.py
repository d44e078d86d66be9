"""Chains of causes in words."""

from typing import Any

from wactorz_common.contracts.home import Entity, House
from wactorz_common.contracts.policy import AuditEntry
from wactorz_common.contracts.rules import FiringReport
from wactorz_home_assistant_agent.why import Facts, Outside, cause_of, explain

NOON = 1_800_014_400.0  # 2027-01-15 12:00 UTC
LIGHT = "light.kitchen"
HOUSE = House(version=1, entities=(
    Entity(entity_id=LIGHT, name="Kitchen light"),
    Entity(entity_id="sensor.kitchen_temperature", name="Kitchen temperature", unit="°C"),
    Entity(entity_id="lock.front_door", name="Front door"),
))  # fmt: skip


def state(value: str, at: str = "2027-01-15T11:59:59+00:00", entity_id: str = LIGHT) -> dict[str, Any]:
    return {"entity_id": entity_id, "state": value, "last_changed": at, "context": {"id": "c"}}


def acted(at: float = NOON, verdict: str = "sent", entity_id: str = LIGHT, **fields: Any) -> AuditEntry:
    call = {
        "domain": entity_id.partition(".")[0], "service": "turn_on", "entity_id": [entity_id], "data": {"brightness_pct": 30},
        "state": "done", "text": "Kitchen light is on.", "verdict": verdict,
        "before": {entity_id: {"state": "off"}}, "after": {entity_id: {"state": "on"}},
    }  # fmt: skip
    detail = {"reason": "turn on the kitchen light", "calls": [call], **fields.pop("detail", {})}
    known = {"number": 1, "trace_id": "t", "origin": "person", "person": "Ana", "entity_ids": (entity_id,), **fields}
    return AuditEntry(at=at, kind="actuation", detail=detail, **known)


def told(*lines: AuditEntry, now: dict[str, Any] | None = None, **fields: Any) -> str:
    entity_id = fields.pop("entity_id", LIGHT)
    live = state("on") if now is None else now
    facts = Facts(entity_id, HOUSE, live, lines, cause_of(lines, entity_id, live), lines, now=NOON + 60, **fields)
    return explain(facts).text


def test_a_person_said_it():
    assert told(acted()).splitlines() == [
        "Ana said “turn on the kitchen light” at 12:00.",
        "It opens nothing, so nobody had to be asked.",
        "I sent “turn on Kitchen light (brightness pct 30)” at 12:00.",
        "Read back: Kitchen light is on.",
    ]


def test_in_german():
    assert told(acted(), language="de").splitlines()[0] == "Ana sagte um 12:00 „turn on the kitchen light“."


def test_a_rule_fired():
    firing = FiringReport(
        rule_id="ab12cd34", task="when it is warm, light", fired_at=NOON - 86_400, verdict="fire",
        trigger={"kind": "numeric", "entity_id": "sensor.kitchen_temperature", "above": 28, "threshold": 28, "value": 28.4},
        conditions=({"entity_id": LIGHT, "operator": "eq", "value": "off", "actual": "off"},),
    )  # fmt: skip
    text = told(acted(origin="rule", rule_id="ab12cd34", detail={"granted": True}), firing=firing)
    assert text.splitlines()[:4] == [
        "Kitchen temperature was 28.4 °C yesterday at 12:00, above 28 °C.",
        "Kitchen light was off, as the rule asks.",
        "So the rule “when it is warm, light” (ab12cd34) fired.",
        "It opens something; a standing yes to this rule allowed it.",
    ]


def test_without_the_planner_the_audit_tells_the_trigger():
    evidence = {"trigger": {"kind": "state", "entity_id": "lock.front_door", "to": "unlocked", "value": "unlocked"}}
    line = acted(origin="rule", rule_id="ab12cd34", detail={"evidence": evidence})
    text = told(line, away=(("away_planner", "no answer"),))
    assert text.startswith("Front door became unlocked at 12:00.")
    assert text.endswith("planner does not answer; I know no more about the rule.")


def test_an_approval_is_told():
    line = acted(entity_id="lock.front_door", detail={"approval_id": "x"})
    approval = AuditEntry(
        number=2, at=NOON + 5, kind="approval", trace_id="t", person="Ben", detail={"verdict": "approved"}
    )
    live = state("unlocked", entity_id="lock.front_door")
    facts = Facts("lock.front_door", HOUSE, live, (line,), line, (approval, line), now=NOON)
    assert "It opens something, so it waited for a yes.\nBen approved it at 12:00." in explain(facts).text


def test_what_somebody_else_did_later():
    later = state("off", "2027-01-15T12:30:00+00:00")
    text = told(acted(), now=later, outside=Outside("person", "Carla"))
    assert text.splitlines() == [
        "Kitchen light is off.",
        "Carla changed it at 12:30 in Home Assistant, not Wactorz.",
        "Before that, at 12:00, I sent “turn on Kitchen light (brightness pct 30)”.",
    ]
    assert "The automation" not in text
    automation = told(now=later, outside=Outside("automation", "Evening", "sunset"))
    assert "Home Assistant's automation “Evening” did it at 12:30 because of sunset, not Wactorz." in automation
    assert "at the device itself or by its integration; Wactorz did not do it." in told(now=later, outside=Outside())


def test_what_changed_nothing_is_no_cause():
    live = state("on", "2027-01-15T09:00:00+00:00")
    idle = acted(detail={"calls": [{
        "domain": "light", "service": "turn_on", "entity_id": [LIGHT], "verdict": "sent",
        "before": {LIGHT: {"state": "on"}}, "after": {LIGHT: {"state": "on"}},
    }]})  # fmt: skip
    assert cause_of((idle,), LIGHT, live) is None


def test_a_hand_right_after_ours():
    line = acted()
    assert cause_of((line,), LIGHT, state("on", "2027-01-15T12:00:01+00:00")) is line
    assert cause_of((line,), LIGHT, state("off", "2027-01-15T12:00:01+00:00")) is None


def test_on_and_off_in_one_wish_is_ours():
    line = acted()
    line.detail["calls"].append({**line.detail["calls"][0], "service": "turn_off", "after": {LIGHT: {"state": "off"}}})
    assert cause_of((line,), LIGHT, state("off", "2027-01-15T12:00:01+00:00")) is line


def test_a_device_that_goes_on_moving_is_still_ours():
    line = acted(entity_id="cover.gate")
    line.detail["calls"][0]["after"] = {"cover.gate": {"state": "opening"}}
    assert cause_of((line,), "cover.gate", state("open", "2027-01-15T12:00:01+00:00", "cover.gate")) is line


def test_a_refusal_since_then():
    refused = acted(at=NOON + 30, verdict="refused", number=2)
    assert "Since then it was asked at 12:00 to “turn on Kitchen light" in told(refused, acted())


def test_nothing_known():
    assert explain(Facts("", HOUSE, None)).text == "Wactorz has not moved anything yet."
    assert explain(Facts("light.moon", HOUSE, None)).text == "There is no light.moon in the house."


def test_of_a_command_for_many_devices_the_one_that_is_asked_about_is_named():
    others = [f"light.other_{number}" for number in range(144)]
    line = acted()
    line.detail["calls"][0]["entity_id"] = [*others, LIGHT]
    said = explain(Facts(house=HOUSE, entity_id=LIGHT, state=state("on"), lines=(line,), cause=line, now=NOON)).text
    assert "turn on Kitchen light + 144" in said
    assert "other" not in said
