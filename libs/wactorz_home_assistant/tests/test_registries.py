"""Reading the registries of Home Assistants of several versions, and only where something changed."""

from typing import Any, cast

import pytest

from wactorz_common.errors import TransportError
from wactorz_home_assistant import CallRefused, Event, HomeAssistant, Registries, Wanted, read_registries

ROWS = {"light.a": {"entity_id": "light.a", "name": "A"}, "light.b": {"entity_id": "light.b", "name": "B"}}
ANSWERS: dict[str, Any] = {
    "get_config": {"location_name": "Home"},
    "config/floor_registry/list": [{"floor_id": "up"}],
    "config/label_registry/list": [{"label_id": "party"}],
    "config/area_registry/list": [{"area_id": "kitchen"}],
    "config/device_registry/list": [{"id": "d1"}],
    "config/entity_registry/list": [{"entity_id": name} for name in ROWS],
    "get_services": {"light": {"turn_on": {}}},
}


class Home:
    """Answers questions as the test says and writes down what was asked; an answer left out is not known here."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {**ANSWERS, **answers}
        self.rows: dict[str, Any] = dict(ROWS)
        self.details = True
        self.asked: list[str] = []

    async def read(self, command: str, **fields: Any) -> Any:
        self.asked.append(command)
        if command == "config/entity_registry/get_entries" and self.details:
            return {name: self.rows.get(name) for name in fields["entity_ids"]}
        answer = self.answers.get(command)
        if answer is None:
            raise CallRefused("Unknown command.")
        if isinstance(answer, Exception):
            raise answer
        return answer


async def read(home: Home, known: Registries | None = None, wanted: Wanted | None = None) -> Registries:
    return await read_registries(cast(HomeAssistant, home), known or Registries(), wanted or Wanted.everything())


def event(kind: str, **data: Any) -> Event:
    return Event(kind, data)


async def test_everything_is_read():
    found = await read(Home())
    assert found.entities == list(ROWS.values())
    assert (found.areas, found.floors) == ([{"area_id": "kitchen"}], [{"floor_id": "up"}])
    assert (found.labels, found.devices) == ([{"label_id": "party"}], [{"id": "d1"}])
    assert (found.services, found.config) == ({"light": {"turn_on": {}}}, {"location_name": "Home"})
    assert found.missing == frozenset()


async def test_an_older_home_assistant_knows_no_floors_labels_or_details():
    home = Home(**{"config/floor_registry/list": None, "config/label_registry/list": None})
    home.details = False
    found = await read(home)
    assert found.missing == {"floors", "labels"}
    assert (found.floors, found.labels) == ((), ())
    assert [row["entity_id"] for row in found.entities] == ["light.a", "light.b"]


@pytest.mark.parametrize(
    ("answer", "services"),
    [
        ([{"domain": "light", "services": {"turn_on": {}}}], {"light": {"turn_on": {}}}),
        ({"light": ["turn_on"]}, {"light": {"turn_on": {}}}),
        ({"light": None}, {"light": {}}),
        ("none", {}),
    ],
)
async def test_services_in_several_forms(answer: Any, services: dict[str, Any]):
    assert (await read(Home(get_services=answer))).services == services


async def test_rows_by_id_and_rows_that_are_none():
    odd = {
        "config/area_registry/list": {"kitchen": {"area_id": "kitchen"}, "x": None},
        "config/device_registry/list": 3,
    }
    found = await read(Home(**odd, **{"config/entity_registry/list": [None, {}, {"entity_id": "light.a", "new": 1}]}))
    assert (found.areas, found.devices) == ([{"area_id": "kitchen"}], [])
    assert [row["entity_id"] for row in found.entities] == ["light.a"]


async def test_home_assistant_that_goes_away_meanwhile():
    with pytest.raises(TransportError):
        await read(Home(get_services=TransportError("gone")))


@pytest.mark.parametrize(
    ("kind", "commands"),
    [
        ("service_registered", ["get_services"]),
        ("service_removed", ["get_services"]),
        ("area_registry_updated", ["config/area_registry/list"]),
        ("floor_registry_updated", ["config/floor_registry/list", "config/area_registry/list"]),
        ("label_registry_updated", ["config/label_registry/list"]),
        ("device_registry_updated", ["config/device_registry/list"]),
        ("core_config_updated", ["get_config"]),
    ],
)
async def test_an_event_has_only_its_registry_read_again(kind: str, commands: list[str]):
    home, wanted = Home(), Wanted()
    known = await read(home)
    home.asked.clear()
    for _ in range(50):
        wanted.note(event(kind))
    found = await read(home, known, wanted.take())
    assert home.asked == commands
    assert found.entities == known.entities


async def test_one_changed_entity_is_read_alone():
    home, wanted = Home(), Wanted()
    known = await read(home)
    home.asked.clear()
    home.rows["light.a"] = {"entity_id": "light.a", "name": "Other"}
    wanted.note(event("entity_registry_updated", action="update", entity_id="light.a"))
    found = await read(home, known, wanted.take())
    assert home.asked == ["config/entity_registry/get_entries"]
    assert {row["entity_id"]: row["name"] for row in found.entities} == {"light.a": "Other", "light.b": "B"}


async def test_renamed_removed_and_new_entities():
    home, wanted = Home(), Wanted()
    known = await read(home)
    home.rows = {"light.c": {"entity_id": "light.c", "name": "A"}, "light.new": {"entity_id": "light.new", "name": "N"}}
    wanted.note(event("entity_registry_updated", action="update", entity_id="light.c", old_entity_id="light.a"))
    wanted.note(event("entity_registry_updated", action="remove", entity_id="light.b"))
    wanted.note(event("entity_registry_updated", action="create", entity_id="light.new"))
    found = await read(home, known, wanted.take())
    assert {row["entity_id"] for row in found.entities} == {"light.c", "light.new"}


async def test_many_changed_entities_are_read_as_one_list():
    home, wanted = Home(), Wanted()
    known = await read(home)
    home.asked.clear()
    for number in range(200):
        wanted.note(event("entity_registry_updated", entity_id=f"light.l{number}"))
    await read(home, known, wanted.take())
    assert home.asked[0] == "config/entity_registry/list"


async def test_an_event_without_an_entity_has_the_list_read():
    wanted = Wanted()
    wanted.note(event("entity_registry_updated"))
    assert wanted.registries == {"entities"}


async def test_a_registry_that_fails_for_once_keeps_what_was_known():
    home = Home()
    known = await read(home)
    home.answers["config/area_registry/list"] = CallRefused("Unknown error")
    found = await read(home, known)
    assert (found.areas, found.missing) == (known.areas, {"areas"})
    home.answers["config/area_registry/list"] = [{"area_id": "hall"}]
    assert (await read(home, found)).missing == frozenset()


def test_what_could_not_be_read_is_wanted_again():
    wanted = Wanted({"areas"}, {"light.a"})
    taken = wanted.take()
    assert (wanted.registries, wanted.entities) == (set(), set())
    wanted.add(taken)
    assert (wanted.registries, wanted.entities) == ({"areas"}, {"light.a"})
