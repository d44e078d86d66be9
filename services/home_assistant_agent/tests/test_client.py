"""Automations as Home Assistant shows them."""

from typing import Any

import pytest

from wactorz_common.errors import Refused
from wactorz_home_assistant import CallRefused, State
from wactorz_home_assistant_agent.client import HomeAssistantAutomations


def automation(entity: str, name: str, automation_id: str = "", state: str = "on") -> State:
    shown = {"friendly_name": name, "id": automation_id, "last_triggered": "2027-01-15T12:00:00+00:00"}
    return State(f"automation.{entity}", state, shown)


LIVE = {state.entity_id: state for state in (
    automation("morning", "Morning light", "m1"), automation("evening", "Evening light", state="off"),
    automation("blinds", "Close the blinds"), State("light.hall", "on"),
)}  # fmt: skip


class Home:
    """Answers like an older or a newer Home Assistant."""

    def __init__(self, *, old: bool) -> None:
        self.old = old

    async def read(self, command: str, **fields: Any) -> Any:
        assert command == "validate_config"
        if self.old and "triggers" in fields:
            raise CallRefused("extra keys not allowed @ data['triggers']")
        bad = [part for parts in fields.values() for part in parts if "nonsense" in part.values()]
        return {key: {"valid": not bad, "error": "Invalid" if bad else None} for key in fields}


def automations(*, old: bool = False) -> HomeAssistantAutomations:
    return HomeAssistantAutomations(Home(old=old), LIVE, "")  # type: ignore[arg-type]


def test_shown_by_name():
    shown = automations().shown()
    assert [one.name for one in shown] == ["Close the blinds", "Evening light", "Morning light"]
    assert [one.enabled for one in shown] == [True, False, True]
    assert shown[0].last_triggered == 1_800_014_400


@pytest.mark.parametrize("said", ["morning light", "m1", "automation.morning", "MORNING", "light morning"])
def test_found(said: str):
    assert automations().find(said).entity_id == "automation.morning"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("light", "There are 2 automations like that. Which one: “Evening light”"),
        ("mornign light", "Did you mean .*“Morning light”"),
        ("xyz", "`list automations` shows them all"),
    ],
)
def test_not_just_one(said: str, answer: str):
    with pytest.raises(Refused, match=answer):
        automations().find(said)


@pytest.mark.parametrize("old", [False, True])
async def test_checked_by_older_and_newer_ones(old: bool):
    good = {"triggers": [{"trigger": "time"}], "conditions": [], "actions": [{"action": "a.b"}]}
    assert await automations(old=old).problems_of(good) == []
    bad = {"triggers": [{"trigger": "nonsense"}], "conditions": [], "actions": []}
    assert await automations(old=old).problems_of(bad) == ["Invalid"]
    assert await automations(old=old).problems_of({}) == []
