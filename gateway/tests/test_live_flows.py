"""Who speaks to whom."""

from wactorz_common.bus import SENDER
from wactorz_common.contracts.lifecycle import AgentManifest
from wactorz_gateway.live.flows import MOST_FLOWS, MOST_TOLD, FlowCounter

NAMES = {"id-a": "ann", "id-b": "ben"}


def make():
    return FlowCounter(lambda agent_id: NAMES.get(agent_id, ""))


def signed(agent_id, **more):
    return {"user_property": [("other", "x"), (SENDER, f"{agent_id} 3")], **more}


def told(counter):
    report = counter.report(5.0)
    return [(one.sender, one.receiver, one.kind, one.topic, one.count) for one in report.flows] if report else None


def manifest(agent_id, name, *subscribes):
    payload = AgentManifest(actor_id=agent_id, name=name, timestamp=1, description="", subscribes=subscribes)
    return f"agents/{agent_id}/manifest", payload.encode()


def test_tasks_and_their_replies_are_told_with_both_ends():
    counter = make()
    counter.hear("agents/by-name/ben/task", signed("id-a", correlation_data=[b"q-1"]))
    counter.hear("agents/by-name/ann/reply/id-a", {"correlation_data": [b"q-1"]})
    counter.hear("agents/by-name/ann/reply/id-a", {"correlation_data": [b"q-2"]})
    counter.hear("agents/by-name/ben/task/id-b2", signed("id-a"))
    assert set(told(counter)) == {
        ("ann", "ben", "task", "agents/by-name/ben/task", 1),
        ("ben", "ann", "reply", "agents/by-name/ann/reply", 1),
        ("", "ann", "reply", "agents/by-name/ann/reply", 1),
        ("ann", "ben", "task", "agents/by-name/ben/task/id-b2", 1),
    }
    assert told(counter) is None


def test_events_go_to_those_who_listen_as_their_manifests_say():
    counter = make()
    for one in (manifest("id-a", "ann", "custom/+"), manifest("id-b", "ben", "custom/door", "home/#")):
        counter.listeners.take(*one)
    counter.hear("custom/door", signed("id-a"))
    counter.hear("custom/window", signed("id-b"))
    counter.hear("sensors/x", signed("id-b"))
    counter.hear("agents/id-a/heartbeat", signed("id-a"))
    assert set(told(counter)) == {
        ("ann", "ben", "event", "custom/door", 1), ("ben", "ann", "event", "custom/window", 1),
        ("ben", "", "event", "sensors/x", 1),
    }  # fmt: skip
    counter.listeners.take("agents/id-b/manifest", b"")
    counter.listeners.take("agents/id-a/manifest", b"{broken")
    counter.hear("custom/door", signed("id-a"))
    assert told(counter) == [("ann", "", "event", "custom/door", 1)]


def test_chat_is_between_a_person_and_an_agent():
    counter = make()
    counter.hear("io/chat", {})
    counter.hear("agents/id-b/chat", {})
    for _ in range(3):
        counter.hear("io/chat/stream/id-7", signed("id-a"))
    counter.hear("io/chat/stop", signed("id-a"))
    assert told(counter) == [
        ("ann", "user", "chat", "io/chat/stream", 3), ("user", "io-agent", "chat", "io/chat", 1),
        ("ben", "user", "chat", "agents/id-b/chat", 1),
    ]  # fmt: skip


def test_flows_are_bounded_and_the_liveliest_come_first():
    counter = make()
    for number in range(MOST_FLOWS + 50):
        counter.hear(f"custom/{number}", {})
    counter.hear("custom/7", {})
    report = counter.report(5.0)
    assert len(report.flows) == MOST_TOLD
    assert (report.flows[0].topic, report.flows[0].count) == ("custom/7", 2)
    assert report.left_out == MOST_FLOWS + 51 - sum(one.count for one in report.flows)
