"""Messages of the house as entries of the feed."""

from wactorz_common.contracts.home import ActuationEvent
from wactorz_common.contracts.lifecycle import Heartbeat
from wactorz_common.contracts.rules import Detection, TriggerEvent
from wactorz_common.contracts.spawning import ApprovalEvent
from wactorz_gateway.happenings import happening


def test_an_actuation_names_the_device_and_who_wanted_it():
    event = ActuationEvent(
        automation_id="", task_id="", actions=(), timestamp=5, entity_ids=("light.a",), outcome="failed", person="ann"
    )
    assert happening(event, "id", "home-assistant-actuator", 9) == {
        "type": "actuation", "agent_id": "id", "name": "home-assistant-actuator", "severity": "warning", "timestamp": 5,
        "message": "light.a: failed, for ann", "code": "device_failed", "data": {"devices": "light.a", "by": "ann"},
    }  # fmt: skip


def test_triggers_sightings_and_questions():
    def told(payload):
        event = happening(payload, "", "", 9.0)
        return event["type"], event["message"], event["timestamp"]

    trigger = TriggerEvent(rule_id="ab", entity_id="sensor.door", timestamp=5)
    assert told(trigger) == ("trigger", "Rule ab was triggered by sensor.door", 5)
    assert told(Detection(detected=True, target="a cat")) == ("detection", "A camera saw a cat", 9.0)
    assert told(Detection(detected=False))[1] == "A camera does not see something any more"
    asks = ApprovalEvent(id="1", agent="monitor", kind="spawn", state="open")
    assert told(asks)[1] == "monitor asks for a yes (spawn)"
    assert told(asks.model_copy(update={"state": "denied"}))[1] == "spawn: denied"


def test_other_messages_are_not_told():
    assert happening(Heartbeat(actor_id="a", name="a", timestamp=1, state="running"), "a", "a", 1) is None
