"""The frames of the WebSocket."""

import json

import pytest

from wactorz_common.contracts.chat import ChatPiece, ChatReply
from wactorz_common.errors import ContractError
from wactorz_gateway import frames


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"type":"chat","content":"hi","agent_name":"main","attachments":[]}', frames.ChatFrame),
        ('{"type":"command","command":"pause","agent_id":"x"}', frames.CommandFrame),
        ('{"type":"ping","extra":1}', frames.PingFrame),
    ],
)
def test_frames_of_clients_are_read(text, kind):
    assert isinstance(frames.parse(text), kind)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"type":"dance"}', '{"type":"chat"}', '{"type":"chat","content":""}', b"\xff\xfe",
     '{"type":"command","command":"explode","agent_id":"x"}', "[" * 5000, '{"type":"chat","content":"\\ud800"}'],
)  # fmt: skip
def test_bad_frames_are_refused_with_a_sentence(text):
    with pytest.raises(ContractError, match="cannot be read"):
        frames.parse(text)


def test_server_event_carries_topic_and_payload():
    assert json.loads(frames.server_event('a/"b"', b'{"x":1}')) == {
        "type": "server_event", "topic": 'a/"b"', "payload": {"x": 1},
    }  # fmt: skip


def test_answers_name_the_agent_that_answers():
    reply = ChatReply(sender="planner", content="ok", timestamp=5, id="i", source="cloud")
    for made, kind in ((frames.chat(reply), "chat"), (frames.stream_end(reply), "stream_end")):
        frame = json.loads(made)
        assert (frame["type"], frame["from"], frame["id"], frame["source"]) == (kind, "planner", "i", "cloud")
    chunk = json.loads(frames.stream_chunk(ChatPiece(id="i", sender="main", content="o", index=0), 7))
    assert (chunk["type"], chunk["from"], chunk["content"], chunk["timestamp"]) == ("stream_chunk", "main", "o", 7)
