"""What an agent's own code may publish, hear and ask."""

import pytest

from wactorz_common.contracts.spawning import Grants, SpawnSpec
from wactorz_dynamic_agent.policy import Policy, is_shared_state

ID = "20260212T091530.0001Z-guest"


def policy(**grants: object) -> Policy:
    return Policy(SpawnSpec(name="guest", grants=Grants.model_validate(grants)), ID)


@pytest.mark.parametrize(
    "topic",
    ["custom/x", "home/presence/lab", "sensors/lab/temperature", f"agents/{ID}/result", f"agents/{ID}/detections",
     "agents/guest/data/key"],
)  # fmt: skip
def test_own_and_free_topics(topic: str) -> None:
    assert policy().problem_of_publish(topic) == ""


@pytest.mark.parametrize("leaf", ["heartbeat", "status", "manifest", "logs", "errors", "metrics", "alert", "completed"])
def test_nobody_speaks_for_the_library(leaf: str) -> None:
    assert "written by the system" in policy().problem_of_publish(f"agents/{ID}/{leaf}")


@pytest.mark.parametrize("topic", ["main/reply/a/1", "agents/by-name/x/reply/1", "nodes/n/reply/1", "system/dlq/guest"])
def test_nobody_answers_in_the_place_of_others(topic: str) -> None:
    assert "written by the system" in policy().problem_of_publish(topic)


@pytest.mark.parametrize(
    "topic", ["zigbee2mqtt/x", "agents/other/heartbeat", "nodes/local/spawn", "io/chat", "agents/by-name/main/task"]
)
def test_a_refusal_names_the_grant(topic: str) -> None:
    assert f'"publish": ["{topic}"]' in policy().problem_of_publish(topic)


@pytest.mark.parametrize("name", ["main", "io-agent", "gateway", "planner", "home-assistant-actuator"])
def test_who_answers_people_is_never_told_another_sender(name: str) -> None:
    granted = policy(agents=[name])
    assert "use send_to" in granted.problem_of_publish(f"agents/by-name/{name}/task")
    assert granted.problem_of_task(name) == ""


@pytest.mark.parametrize("topic", ["", "a/+", "#", "a\0b"])
def test_no_topic(topic: str) -> None:
    assert "nothing can be published" in policy().problem_of_publish(topic)


def test_grants_open() -> None:
    assert policy(publish=["zigbee2mqtt/+/set"]).problem_of_publish("zigbee2mqtt/lamp/set") == ""
    assert policy(subscribe=["zigbee2mqtt/#"]).problem_of_subscribe("zigbee2mqtt/+/set") == ""
    assert policy(agents=["echo"]).problem_of_task("echo") == ""
    assert policy(agents=["echo"]).problem_of_publish("agents/by-name/echo/task") == ""
    assert policy(model=True).problem_of_model() == ""


def test_listening() -> None:
    own = policy()
    assert own.problem_of_subscribe("homeassistant/state_changes/#") == ""
    assert own.problem_of_subscribe("agents/+/data/x") == ""
    assert '"subscribe": ["#"]' in own.problem_of_subscribe("#")
    assert "no topic filter" in own.problem_of_subscribe("a#/b")
    assert "handle_task" in own.problem_of_subscribe("agents/by-name/guest/task")


def test_asking() -> None:
    assert '"agents": ["echo"]' in policy().problem_of_task("echo")
    assert "itself" in policy(agents=["guest"]).problem_of_task("guest")
    assert '"model": true' in policy().problem_of_model()


def test_what_the_broker_keeps() -> None:
    assert is_shared_state("home/energy/current")
    assert is_shared_state("agents/guest/data/key")
    assert not is_shared_state("custom/x")
