"""What is asked to find a cause, and what is made of the answers."""

from typing import Any

import pytest

from wactorz_common.contracts.home import Entity, House
from wactorz_common.contracts.policy import LIST_AUDIT, AuditEntry, AuditLines, WhyQuery
from wactorz_common.contracts.rules import LIST_FIRINGS, FiringReports
from wactorz_common.errors import AskTimeout, TransportError
from wactorz_home_assistant import CallRefused
from wactorz_home_assistant_agent.inquiry import Inquiry

LIGHT, AT = "light.hall", 1_800_014_400.0  # 2027-01-15 12:00 UTC
HOUSE = House(version=1, entities=(Entity(entity_id=LIGHT, name="Hall light"),))


def row(entity_id: str, state: str, context: dict[str, Any] | None = None, **attributes: Any) -> dict[str, Any]:
    return {
        "entity_id": entity_id, "state": state, "last_changed": "2027-01-15T14:00:00+00:00",
        "context": {"id": "other", "parent_id": None, "user_id": None, **(context or {})}, "attributes": attributes,
    }  # fmt: skip


class Home:
    """Home Assistant's answers."""

    def __init__(self, *rows: dict[str, Any], **told: Any) -> None:
        self.rows, self.told = rows, told

    async def raw_states(self) -> list[dict[str, Any]]:
        if not self.rows:
            raise TransportError("away")
        return list(self.rows)

    async def read(self, command: str, **_fields: Any) -> Any:
        name = command.partition("/")[0]
        if name not in self.told:
            raise CallRefused("Unknown command.")
        return self.told[name]


class Others:
    """The actuator and the planner."""

    def __init__(self, *lines: AuditEntry, away: tuple[Any, ...] = ()) -> None:
        self.lines, self.away = lines, away

    async def ask(self, operation: Any, _request: Any, **_options: Any) -> Any:
        if operation in self.away:
            raise AskTimeout("no answer")
        return AuditLines(lines=self.lines) if operation is LIST_AUDIT else FiringReports(firings=())


def ours(**fields: Any) -> AuditEntry:
    call = {"service": "turn_on", "entity_id": [LIGHT], "verdict": "sent", "state": "done", "text": "Hall light is on.",
            "before": {LIGHT: {"state": "off"}}, "after": {LIGHT: {"state": "on"}}}  # fmt: skip
    detail = {"reason": "light please", "calls": [call]}
    return AuditEntry(number=1, at=AT, kind="actuation", trace_id="t", entity_ids=(LIGHT,), detail=detail, **fields)


async def told(home: Home, others: Others, entity_id: str = LIGHT) -> str:
    return (await Inquiry(others.ask, home).why(WhyQuery(entity_id=entity_id), HOUSE)).text  # type: ignore[arg-type]


async def test_a_restart_of_home_assistant_gives_the_state_a_new_date_but_no_new_cause():
    same = {LIGHT: [{"s": "on", "lu": AT}, {"s": "unavailable", "lu": AT + 60}, {"s": "on", "lu": AT + 70}]}
    assert "Somebody said “light please”" in await told(Home(row(LIGHT, "on"), history=same), Others(ours()))
    between = {LIGHT: [{"s": "on"}, {"s": "off"}, {"s": "on"}]}
    assert "Wactorz did not do it" in await told(Home(row(LIGHT, "on"), history=between), Others(ours()))
    assert "Wactorz did not do it" in await told(Home(row(LIGHT, "on")), Others(ours()))
    assert "Wactorz did not do it" in await told(Home(row(LIGHT, "off"), history=same), Others(ours()))


AUTOMATION = row("automation.evening", "on", {"id": "run"}, friendly_name="Evening")
PERSON = row("person.ana", "home", friendly_name="Ana", user_id="u1")


@pytest.mark.parametrize(
    ("rows", "logbook", "said"),
    [
        ((row(LIGHT, "on", {"id": "run"}), AUTOMATION), None, "automation “Evening” did it at 14:00, not Wactorz."),
        ((row(LIGHT, "on", {"id": "x", "parent_id": "run"}), AUTOMATION),
         [{"entity_id": LIGHT, "when": AT + 7200, "context_source": "sunset"}],
         "automation “Evening” did it at 14:00 because of sunset"),
        ((row(LIGHT, "on", {"parent_id": "gone"}),),
         [{"entity_id": LIGHT, "when": AT + 7200, "context_domain": "automation", "context_name": "Old"}],
         "automation “Old” did it"),
        ((row(LIGHT, "on", {"id": "s"}), row("script.night", "off", {"id": "s"}, friendly_name="Night")), None,
         "script or scene “Night” did it"),
        ((row(LIGHT, "on", {"user_id": "u1"}), PERSON), None, "Ana changed it at 14:00 in Home Assistant, not Wactorz."),
        ((row(LIGHT, "on", {"user_id": "u2"}), PERSON), None, "Somebody changed it at 14:00 in Home Assistant"),
        ((row(LIGHT, "on", {"parent_id": "p"}),), None, "Something in Home Assistant did it at 14:00"),
        ((row(LIGHT, "on"),), None, "at the device itself or by its integration"),
    ],
)  # fmt: skip
async def test_what_home_assistant_tells(rows: tuple[dict[str, Any], ...], logbook: Any, said: str):
    home = Home(*rows, **({"logbook": logbook} if logbook is not None else {}))
    assert said in await told(home, Others())


async def test_who_is_away_is_named():
    text = await told(Home(row(LIGHT, "on")), Others(away=(LIST_AUDIT,)))
    assert text.endswith("home-assistant-actuator does not answer; this is only what Home Assistant shows.")
    text = await told(Home(), Others(ours(rule_id="ab12cd34", origin="rule"), away=(LIST_FIRINGS,)))
    assert "So the rule “light please” (ab12cd34) fired." in text
    assert "planner does not answer" in text
    assert "I could not ask Home Assistant how it is now: away" in text


async def test_the_last_thing_done():
    refused = AuditEntry(number=2, at=AT + 9, kind="actuation", entity_ids=("lock.a",), detail={
        "calls": [{"service": "unlock", "entity_id": ["lock.a"], "verdict": "refused"}]})  # fmt: skip
    home = Home(row(LIGHT, "on") | {"last_changed": "2027-01-15T12:00:00+00:00"})
    assert "light please" in await told(home, Others(refused, ours()), "")
    assert await told(home, Others(), "") == "Wactorz has not moved anything yet."
