import pytest

from wactorz_common.contracts.chat import ChatAnswer, ChatMessage
from wactorz_common.contracts.tasks import TaskState
from wactorz_io_agent.replies import answer_of, problem_with, reply_to, request_id, without_files


def test_repetition_has_the_same_id_and_other_words_another():
    first = ChatMessage(content="on", id="1")
    assert request_id(first, b"a", "n1") == request_id(first, b"a", "n2")
    assert request_id(first, b"a", "n1") != request_id(first, b"b", "n1")
    nameless = ChatMessage(content="on")
    assert request_id(nameless, b"a", "n1") != request_id(nameless, b"a", "n2")


def test_long_and_stale_messages_are_not_handed_on():
    assert problem_with(ChatMessage(content="x" * 8000), 0, 120) == ""
    assert "8,001 characters" in problem_with(ChatMessage(content="x" * 8001), 0, 120)
    assert "121 s late" in problem_with(ChatMessage(content="x", timestamp=0), 121, 120)
    assert problem_with(ChatMessage(content="x", timestamp=5), 121, 120) == ""


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        (TaskState.FAILED, "The lamp is broken", "The lamp is broken"),
        (TaskState.FAILED, None, "weather could not do that"),
        (TaskState.EXPIRED, None, "nothing was done"),
        (TaskState.UNKNOWN, None, "is not known"),
        (TaskState.UNKNOWN, "no reply", "no reply"),
    ],
)
def test_every_end_has_its_sentence(state, error, words):
    answer = answer_of("weather", state, None, error)
    assert words in answer.text
    assert answer.status == state.value


def test_answer_of_the_agent_is_passed_on():
    answer = ChatAnswer(text="hi", source="cloud", cost_usd=0.1, approval_id="ab12")
    assert answer_of("main", TaskState.DONE, answer, None) is answer
    message = ChatMessage(sender="ann", content="x", id="7", conversation_id="c")
    reply = reply_to(message, "main", answer, now=5.0, trace_id="t")
    assert reply.to_wire() == {
        "from": "main", "to": "ann", "content": "hi", "timestamp": 5.0, "id": "7", "conversation_id": "c",
        "source": "cloud", "status": "done", "trace_id": "t", "cost_usd": 0.1,
        "approval_id": "ab12", "not_ready": False,
    }  # fmt: skip


def test_an_agent_that_takes_words_only_says_that_it_read_no_file():
    answer = without_files("notifier", ChatAnswer(text="Sent.", status="done"))
    assert answer.text == "Sent.\nnotifier does not read attached files; ask main about them."
    assert answer.status == "done"
