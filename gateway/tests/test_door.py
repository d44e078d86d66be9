"""What is said at the gateway: answers to approvals are given here, all else goes on."""

import pytest

from wactorz_common.contracts.chat import ChatMessage, ChatReply
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import AskTimeout
from wactorz_common.tasks import TaskEnd
from wactorz_gateway.approvals import Decided, task_of
from wactorz_gateway.door import Door
from wactorz_gateway.guards import Refusal


class FakeDecisions:
    def __init__(self):
        self.given, self.outcome = [], Decided("tide runs on local.")

    async def decide(self, given, *, by, role, task_id=""):
        self.given.append((given.answer, given.approval_id, task_id))
        self.role = role
        self.by = by
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class FakeBackend:
    def __init__(self):
        self.said, self.reply, self.state = [], {"sender": "main", "approval_id": "ab12"}, TaskState.DONE

    async def submit(self, _operation, message, *, to=None, task_id=""):
        self.said.append(message.content)
        reply = ChatReply(content="hm", timestamp=1, id=message.id, **self.reply) if self.reply else None
        return TaskEnd(task_id, self.state, {}, None, reply)


@pytest.fixture
def parts():
    backend, decisions = FakeBackend(), FakeDecisions()
    return Door(backend, decisions, lambda: 5.0), backend, decisions


def message(text, number=1, to="", standing="user"):
    return ChatMessage(content=text, id=str(number), conversation_id="s", person="ann", to=to, standing=standing)


async def test_yes_after_a_question_of_main_is_decided_here(parts):
    door, backend, decisions = parts
    await door.say(message("make an agent", 1))
    reply = await door.say(message("yes", 2))
    assert (reply.sender, reply.content, reply.status, reply.id) == ("gateway", "tide runs on local.", "done", "2")
    assert decisions.given == [("approve", "ab12", task_of("2"))]
    assert decisions.by == "ann"
    assert backend.said == ["make an agent"]


async def test_a_yes_counts_with_the_standing_of_whoever_says_it_here(parts):
    door, _, decisions = parts
    await door.say(message("make an agent", 1, standing="admin"))
    await door.say(message("yes", 2, standing="talk"))
    assert (decisions.by, decisions.role) == ("ann", "talk")


async def test_another_agent_cannot_slip_in_an_approval(parts):
    door, backend, decisions = parts
    backend.reply = {"sender": "chef", "approval_id": "ab12"}
    await door.say(message("what shall I cook", 1))
    await door.say(message("yes", 2))
    assert decisions.given == []
    assert backend.said == ["what shall I cook", "yes"]


async def test_refusals_and_silence_are_told(parts):
    door, _, decisions = parts
    decisions.outcome = Refusal(404, "There is no approval 'zz'")
    reply = await door.say(message("/approve zz"))
    assert (reply.content, reply.status) == ("There is no approval 'zz'", "failed")
    decisions.outcome = AskTimeout("No answer on agents/by-name/monitor/task")
    reply = await door.say(message("/deny zz", 2))
    assert "Nothing was decided" in reply.content
    assert "agents/by-name" not in reply.content


async def test_a_message_without_an_answer_ends_in_a_sentence(parts):
    door, backend, _ = parts
    backend.reply, backend.state = None, TaskState.EXPIRED
    reply = await door.say(message("hello"))
    assert (reply.status, reply.sender) == ("expired", "io-agent")


async def test_after_a_refusal_the_answer_may_come_again_with_a_pin(parts):
    door, _, decisions = parts
    await door.say(message("unlock the front door", 1))
    decisions.outcome = Refusal(409, "This needs your PIN")
    await door.say(message("yes", 2))
    decisions.outcome = Decided("Unlocked.", "unknown")
    reply = await door.say(message("yes 2468", 3))
    assert (reply.content, reply.status) == ("Unlocked.", "unknown")


@pytest.mark.parametrize(
    ("text", "to"),
    [("yes 2468", ""), ("/approve ab12 2468", "chef"), ("@chef /approve ab12 2468", ""), ("/approve ab12 24 68", "")],
)
async def test_a_pin_that_answers_nothing_goes_nowhere(parts, text, to):
    door, backend, decisions = parts
    reply = await door.say(message(text, 1, to))
    assert (reply.sender, reply.status) == ("gateway", "failed")
    assert "looks like a PIN" in reply.content
    assert "2468" not in reply.content
    assert (backend.said, decisions.given) == ([], [])


async def test_a_pin_without_its_yes_is_asked_for_again(parts):
    door, backend, decisions = parts
    await door.say(message("unlock the front door", 1))
    assert "yes PIN" in (await door.say(message("2468", 2))).content
    await door.say(message("yes 2468", 3))
    assert backend.said == ["unlock the front door"]
    assert [given[:2] for given in decisions.given] == [("approve", "ab12")]
