"""What everybody who looks may see of a message."""

import json

import pytest

from wactorz_common.contracts.chat import ChatMessage, ChatReply
from wactorz_common.contracts.lifecycle import AgentStatus, TaskCompleted
from wactorz_gateway.conversation import Conversations
from wactorz_gateway.discreet import addressee, discreet, discreet_bytes
from wactorz_gateway.transcripts import Transcripts

SAID = TaskCompleted(result_preview='{"text":"the key is under the mat"}', duration=0.1, task="chat")


def test_what_came_out_of_a_task_is_not_for_everybody():
    seen = discreet(SAID)
    assert (seen.task, seen.duration, seen.result_preview) == ("chat", 0.1, "")
    data = discreet_bytes("agents/1-main/completed", SAID.encode())
    assert json.loads(data) == {"task": "chat", "duration": 0.1, "result_preview": ""}
    assert discreet_bytes("agents/1-main/completed", b"the key is under the mat") == b""


def test_everything_else_stays_as_it_is():
    status = AgentStatus(name="main", actor_id="1-main", state="running")
    assert discreet(status) is status
    assert discreet_bytes("agents/1-main/status", b"what came") == b"what came"


@pytest.mark.parametrize(
    ("to", "chat_id", "whose"),
    [("user", "m1", "ann"), ("user", "m0", "eva"), ("BEN", "", "ben"), ("user", "", None), ("nobody", "x", None)],
)  # fmt: skip
async def test_whom_an_answer_or_notice_is_for(to, chat_id, whose):
    async def say(message):
        return ChatReply(sender="main", content="", timestamp=0, id=message.id)

    async def committed():
        return None

    talk, before = Conversations(say, committed), Transcripts()
    await talk.ask(ChatMessage(content="hi", id="m1", person="ann"))
    before.said(ChatMessage(content="hi", id="m0", person="eva"), 0.0)
    reply = ChatReply(sender="main", to=to, content="x", timestamp=0, id=chat_id)
    assert addressee(reply, talk, before, ("ann", "ben", "eva")) == whose
