"""What browsers are told of approvals."""

import json

from wactorz_common.contracts.spawning import Approval
from wactorz_common.errors import AskTimeout
from wactorz_gateway.approvalfeed import LOOK_SECONDS, ApprovalFeed
from wactorz_gateway.hub import Hub


def make(approval_id, state="open", created_at=1.0):
    return Approval(id=approval_id, kind="actuation", agent="a", summary=f"unlock {approval_id}", arguments_sha256="0",
                    created_at=created_at, expires_at=9, state=state)  # fmt: skip


class FakeDecisions:
    """Two agents hold approvals; a silent one does not answer."""

    def __init__(self):
        self.held, self.other, self.silent = [], [], ()

    async def by_holder(self, holders=(), *, every=False, seconds=0):
        if isinstance(self.held, Exception):
            raise self.held
        both = {"a": self.held, "b": self.other}
        return {
            holder: tuple(one for one in both[holder] if every or one.state == "open")
            for holder in holders or both if holder not in self.silent
        }  # fmt: skip


def setup():
    hub, decisions = Hub(lambda: 0.0), FakeDecisions()
    return ApprovalFeed(decisions, hub), decisions, hub


def told(client):
    frames = [json.loads(text) for text, _ in client._frames]
    client._frames.clear()
    return [(frame["type"], frame["approval"]["id"], frame["approval"]["state"]) for frame in frames]


async def test_they_are_told_as_they_open_and_as_they_end():
    feed, decisions, hub = setup()
    client = hub.join()
    decisions.held = [make("b", created_at=2), make("a")]
    await feed.look(0)
    assert told(client) == [("approval", "a", "open"), ("approval", "b", "open")]
    await feed.look(1)
    assert told(client) == []
    decisions.held = [make("b", "denied")]
    await feed.look(2)
    assert told(client) == [("approval", "a", "expired"), ("approval", "b", "denied")]
    assert feed.greeting() == []


async def test_a_new_browser_is_told_what_is_open():
    feed, decisions, hub = setup()
    hub.join()
    decisions.held = [make("a")]
    await feed.look(0)
    assert [json.loads(frame)["approval"]["summary"] for frame in feed.greeting()] == ["unlock a"]


async def test_nobody_is_asked_while_nobody_watches():
    feed, _, hub = setup()
    feed.hint()
    assert not feed.due(100)
    hub.join()
    assert feed.due(100)
    await feed.look(100)
    assert not feed.due(100 + LOOK_SECONDS / 2)
    feed.hint()
    assert feed.due(100 + LOOK_SECONDS / 2)
    await feed.look(102)
    assert feed.due(102 + LOOK_SECONDS)


async def test_what_cannot_be_looked_at_now_is_not_told_as_ended():
    feed, decisions, hub = setup()
    client = hub.join()
    decisions.held = [make("a")]
    await feed.look(0)
    told(client)
    decisions.held = AskTimeout("no answer")
    await feed.look(1)
    assert told(client) == []
    assert len(feed.greeting()) == 1
    assert feed.due(100)


async def test_the_questions_of_an_agent_that_is_silent_for_a_moment_stay_open():
    feed, decisions, hub = setup()
    client = hub.join()
    decisions.held, decisions.other = [make("a")], [make("b")]
    await feed.look(0)
    told(client)
    decisions.silent = ("b",)
    decisions.held = [make("c")]
    await feed.look(1)
    assert told(client) == [("approval", "a", "expired"), ("approval", "c", "open")]
    decisions.silent = ()
    await feed.look(2)
    assert told(client) == []
    decisions.other = [make("b", "approved")]
    await feed.look(3)
    assert told(client) == [("approval", "b", "approved")]
