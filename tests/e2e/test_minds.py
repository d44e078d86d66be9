"""What people say once and what then keeps happening, without any model: on the demo home and a real Home Assistant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from wactorz_testing.system import System, eventually, started
from wactorz_testing.webhook_server import WebhookServer

from .minds_stage import Camera, camera, rule_made, serving
from .test_house import BEDROOM, COOLER, HALL, KITCHEN, LAMP, OFFICE, House, watched

pytestmark = pytest.mark.e2e

DOOR = "binary_sensor.front_door"
LIGHTS = (BEDROOM, HALL, KITCHEN, LAMP, OFFICE)
TELL_OF_THE_DOOR = "if the front door opens send me a Discord message"
COOL_THE_KITCHEN = "when the kitchen temperature goes above 28 degrees, turn on the air conditioner"
LIGHT_FOR_PEOPLE = "if a person is detected on my webcam, turn on the living room lights"
TELL_OF_THE_LAMP = "whenever the lamp in the living room turns on, notify me on Discord"
DARK_AT_MIDNIGHT = "turn off all lights every day at midnight"


@dataclass
class Scene:
    """A house, the whole system without a model, and where its notices arrive."""

    system: System
    house: House
    discord: WebhookServer

    def door(self, state: str) -> None:
        """Open (on) or close (off) the front door by hand."""
        if self.house.real:
            self.house.call(f"input_boolean.turn_{state}", "input_boolean.front_door_open")
        else:
            attributes = self.house.state(DOOR)["attributes"]
            body = {"state": state, "attributes": attributes}
            self.house.http.post(f"/api/states/{DOOR}", json=body).raise_for_status()
        self.house.becomes(DOOR, state)

    def done(self, text: str, session: str) -> str:
        answer = self.system.say(text, session=session)
        assert (answer["status"], answer["source"]) == ("done", "rules"), answer
        return str(answer["reply"])

    def rule(self, text: str, session: str = "rules") -> str:
        """Make a rule that starts at once; its id."""
        reply = self.done(text, session)
        assert "is active" in reply
        assert "/undo" in reply
        return rule_made(reply)

    def fires(self, rule_id: str, count: int = 1) -> None:
        """Wait until the rule has acted that often and each outcome is known."""

        def over() -> bool:
            fired = [one for one in self.firings(rule_id) if one["verdict"] == "fire"]
            assert len(fired) <= count, fired
            return len(fired) == count and all(one["outcome"] != "under way" for one in fired)

        eventually(over, 20, f"{count} firings of {rule_id}")
        ends = [one["outcome"] for one in self.firings(rule_id) if one["verdict"] == "fire"]
        assert all(end.startswith("done") for end in ends), ends

    def firings(self, rule_id: str) -> list[dict[str, Any]]:
        return list(self.system.get(f"/api/rules/{rule_id}/firings"))

    def rules(self) -> list[dict[str, Any]]:
        return list(self.system.get("/api/rules"))


@pytest.fixture(scope="module", params=["demo", pytest.param("real", marks=pytest.mark.home_assistant)])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The whole system on one house or the other; there is no key and no model."""
    folder: Path = tmp_path_factory.mktemp("minds")
    settings, discord = {}, WebhookServer()
    if request.param == "real":
        home = request.getfixturevalue("real_home_assistant")
        settings = {"HA_URL": home.url, "HA_TOKEN": home.token}
    with serving(discord), started(folder / "state", **settings) as system:
        if request.param == "demo":
            own = system.state_dir / "demo-home"
            house = House((own / "url").read_text().strip(), (own / "token").read_text().strip(), real=False)
        else:
            house = House(home.url, home.token, real=True)
        with house.http, watched(house):
            house.at_rest()
            yield Scene(system, house, discord)
            house.at_rest()


@pytest.fixture(autouse=True)
def at_rest(scene: Scene) -> Iterator[None]:
    """Each test begins with a dark, cool, closed house and leaves no rules behind."""
    for entity_id in LIGHTS:
        scene.house.call("light.turn_off", entity_id)
    scene.house.call("climate.turn_off", COOLER)
    scene.door("off")
    scene.house.warm(21)
    for entity_id in (*LIGHTS, COOLER):
        scene.house.becomes(entity_id, "off")
    scene.discord.messages.clear()
    yield
    for rule in scene.rules():
        httpx.delete(f"{scene.system.url}/api/rules/{rule['rule_id']}", timeout=20)


@pytest.fixture
def discord(scene: Scene) -> WebhookServer:
    """Discord, whose webhook the person has given."""
    if "- discord" not in scene.done("/webhook", "places"):
        told = scene.done(f"/webhook discord {scene.discord.discord}", "places")
        assert "secret:webhook-" in told
        assert scene.discord.discord not in told
    return scene.discord


@pytest.fixture
def webcam(scene: Scene) -> Iterator[Camera]:
    with camera(scene.system) as eye:
        yield eye


# -- what keeps happening ---------------------------------------------------------------------------------------------


def test_a_door_that_opens_is_told_on_discord_once(scene: Scene, discord: WebhookServer) -> None:
    rule_id = scene.rule(TELL_OF_THE_DOOR)
    scene.door("on")
    scene.fires(rule_id)
    [message] = discord.messages or pytest.fail(f"nothing came: {scene.firings(rule_id)}")
    assert "ront door" in message.text
    scene.door("off")
    scene.done("turn on the kitchen light", "rules")
    assert len(discord.messages) == len(scene.firings(rule_id)) == 1


def test_a_kitchen_that_gets_hot_is_cooled_once(scene: Scene) -> None:
    rule_id = scene.rule(COOL_THE_KITCHEN)
    before = scene.house.called.count(("climate.turn_on", COOLER))
    for degrees in (27.5, 29, 29.5, 30):
        scene.house.warm(degrees)
    scene.fires(rule_id)
    assert scene.house.is_(COOLER) != "off"
    assert scene.house.called.count(("climate.turn_on", COOLER)) == before + 1


def test_a_person_on_the_webcam_turns_on_the_light(scene: Scene, webcam: Camera) -> None:
    rule_id = scene.rule(LIGHT_FOR_PEOPLE)
    slug = eventually(lambda: next(iter(webcam.watches)), 10, "the watch")
    assert webcam.watches[slug]["target"] == "person"
    webcam.see(slug, {"detected": False, "target": "person"})
    webcam.see(slug, {"detected": True, "target": "person"})
    scene.house.becomes(LAMP, "on")
    webcam.see(slug, {"detected": True, "target": "person"})
    scene.fires(rule_id)
    scene.done("/undo", "rules")
    eventually(lambda: not webcam.watches, 10, "nothing being looked for any more")


def test_a_lamp_that_turns_on_is_told_on_discord(scene: Scene, discord: WebhookServer) -> None:
    rule_id = scene.rule(TELL_OF_THE_LAMP)
    scene.done("turn on the living room lamp", "rules")
    scene.fires(rule_id)
    [message] = discord.messages or pytest.fail(f"nothing came: {scene.firings(rule_id)}")
    assert "amp" in message.text


def test_all_lights_off_at_midnight_is_kept_for_midnight(scene: Scene) -> None:
    rule_id = scene.rule(DARK_AT_MIDNIGHT)
    [rule] = scene.rules()
    assert (rule["draft"]["trigger"]["kind"], rule["draft"]["trigger"]["at"]) == ("time", "00:00")
    [call] = rule["draft"]["actions"]
    assert (call["domain"], call["service"], sorted(call["entity_id"])) == ("light", "turn_off", sorted(LIGHTS))
    why = scene.done(f"why did the rule {rule_id} not fire?", "rules")
    assert re.search(r"due next at [^.]*00:00", why), why
    assert scene.firings(rule_id) == []


def test_the_home_assistant_agent_asks_which_lights_and_acts_on_the_answer(scene: Scene) -> None:
    question = scene.done("@home-assistant-agent turn on the lights", "lights")
    assert "Which ones do you mean" in question
    assert {scene.house.is_(entity_id) for entity_id in LIGHTS} == {"off"}
    scene.done("all", "lights")
    assert {scene.house.is_(entity_id) for entity_id in LIGHTS} == {"on"}
    assert scene.done("@home-assistant-agent turn off the kitchen light", "lights") == "Kitchen light is off."
    assert scene.house.is_(KITCHEN) == "off"


# -- what is said about it --------------------------------------------------------------------------------------------


def test_rules_are_shown_taken_back_carried_and_explained(scene: Scene, discord: WebhookServer) -> None:
    assert discord.messages == []
    for text in (TELL_OF_THE_DOOR, COOL_THE_KITCHEN, LIGHT_FOR_PEOPLE, DARK_AT_MIDNIGHT):
        scene.rule(text)
    listed, ids = scene.done("/rules", "talk"), [rule["rule_id"] for rule in scene.rules()]
    assert all(rule_id in listed for rule_id in ids)
    assert TELL_OF_THE_DOOR in scene.done(f"/rules show {ids[0]}", "talk")
    assert ids[3] in scene.done("/undo", "rules")
    exported = scene.done("/rules export", "talk").partition("---")[2]
    drafts = [rule["draft"] for rule in scene.rules()]
    for rule_id in ids[:3]:
        scene.done(f"/rules delete {rule_id}", "talk")
    assert scene.rules() == []
    answer = scene.system.say(f"/rules import ---{exported}", session="talk")
    assert answer["status"] in ("done", "waiting"), answer
    assert [rule["draft"] for rule in scene.rules()] == drafts


def test_a_rule_that_did_not_fire_is_explained(scene: Scene) -> None:
    rule_id = scene.rule("when the hallway motion turns on, turn on the hallway light")
    why = scene.done("why did the rule about the hallway motion not fire?", "talk")
    assert rule_id in why
    assert "did not fire" in why
    assert "It was made only at" in why


def test_facts_topics_and_costs_without_a_model(scene: Scene) -> None:
    told = scene.done("remember that my sister is called Ada", "facts")
    assert "Ada" in told
    assert "my sister is called Ada" in scene.done("/memory", "facts")
    topics = scene.done("/topics state_changes", "facts")
    assert "homeassistant/state_changes/light" in topics
    assert "new_state.state" in topics
    assert "0 tokens, $0.00" in scene.done("/cost", "facts")
    answer = scene.system.say("what is the capital of France?", session="facts")
    assert answer["status"] == "failed"
    assert "No language model is configured" in answer["reply"]
    assert "0 tokens, $0.00" in scene.done("/cost", "facts")
