"""Approvals: listed from all holders, answered once, and what counts as an answer in chat."""

import pytest

from wactorz_common import pins
from wactorz_common.contracts.chat import ChatMessage
from wactorz_common.contracts.spawning import Approval, Approvals, Done
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import AskTimeout, TaskFailed
from wactorz_common.tasks import TaskEnd
from wactorz_gateway import approvals
from wactorz_gateway.approvals import Decided, Decisions, Given, Sessions, parse, place_of
from wactorz_gateway.guards import Refusal


def make_approval(approval_id="ab12", created_at=1.0, state="open"):
    return Approval(
        id=approval_id, kind="spawn", agent="monitor", summary="run x", arguments_sha256="0", created_at=created_at,
        expires_at=9, state=state,
    )  # fmt: skip


class FakeBackend:
    def __init__(self, **held):
        self.held = held
        self.submitted = []
        self.end = (TaskState.DONE, Done(text="x runs."), None)

    async def ask(self, operation, request, *, to=None, timeout=None):
        answer = self.held.get(to, [])
        if isinstance(answer, Exception):
            raise answer
        return Approvals(approvals=tuple(one for one in answer if request.all or one.state == "open"))

    async def submit(self, operation, request, *, to=None, task_id=""):
        self.submitted.append((operation.action, request, to, task_id))
        state, result, error = self.end
        return TaskEnd(task_id, state, {}, error, result)


async def test_list_is_of_all_holders_and_oldest_first(monkeypatch):
    monkeypatch.setattr(approvals, "HOLDERS", ("monitor", "actuator", "silent"))
    backend = FakeBackend(
        monitor=[make_approval("b", 2), make_approval("old", 0, "denied")], actuator=[make_approval("a", 1)],
        silent=AskTimeout("no answer"),
    )  # fmt: skip
    assert [(holder, one.id) for holder, one in await Decisions(backend).listed()] == [
        ("actuator", "a"), ("monitor", "b"),
    ]  # fmt: skip
    assert len(await Decisions(backend).listed(every=True)) == 3
    backend.held["silent"] = RuntimeError("a bug is not hidden")
    with pytest.raises(RuntimeError):
        await Decisions(backend).listed()


@pytest.mark.parametrize("error", [AskTimeout("no answer"), TaskFailed("I am paused")])
async def test_no_holder_at_all_is_an_error(error):
    with pytest.raises(type(error)):
        await Decisions(FakeBackend(**dict.fromkeys(approvals.HOLDERS, error))).listed()


async def test_an_answer_goes_to_its_holder():
    salts = (pins.new_salt("a"), pins.new_salt("b"))
    backend = FakeBackend(monitor=[make_approval().model_copy(update={"needs_pin": True, "pin_salts": salts})])
    said = await Decisions(backend).decide(Given("approve", "ab12", "1234"), by="me", role="admin", task_id="t")
    assert said == Decided("x runs.")
    action, request, to, task_id = backend.submitted[0]
    assert (action, to, task_id) == ("decide_approval", "monitor", "t")
    assert (request.id, request.decision, request.by) == ("ab12", "approve", "me")
    assert request.pin_proofs == {salt: pins.prove("1234", salt, "ab12") for salt in salts}


@pytest.mark.parametrize(
    ("end", "status", "words"),
    [
        ((TaskState.FAILED, None, "The PIN is wrong."), 409, "The PIN is wrong."),
        ((TaskState.UNKNOWN, None, "no answer"), 504, "not confirmed"),
        ((TaskState.EXPIRED, None, None), 504, "not confirmed"),
    ],
)
async def test_an_answer_that_was_not_taken(end, status, words):
    backend = FakeBackend(monitor=[make_approval()])
    backend.end = end
    refused = await Decisions(backend).decide(Given("deny", "ab12"), by="me", role="user")
    assert isinstance(refused, Refusal)
    assert refused.status == status
    assert words in refused.detail


@pytest.mark.parametrize("kind", ["spawn", "grant", "policy"])
async def test_what_changes_what_wactorz_may_do_needs_an_admin(kind):
    backend = FakeBackend(monitor=[make_approval().model_copy(update={"kind": kind})])
    decisions = Decisions(backend)
    refused = await decisions.decide(Given("approve", "ab12"), by="ben", role="user")
    assert isinstance(refused, Refusal)
    assert refused.status == 403
    assert backend.submitted == []
    assert await decisions.decide(Given("approve", "ab12"), by="ben", role="admin") == Decided("x runs.")
    assert await decisions.decide(Given("deny", "ab12"), by="ben", role="user") == Decided("x runs.")


@pytest.mark.parametrize("role", ["", "talk", "viewer"])
@pytest.mark.parametrize("answer", ["approve", "deny"])
async def test_who_only_talks_or_looks_decides_nothing(role, answer):
    backend = FakeBackend(monitor=[make_approval().model_copy(update={"kind": "actuation"})])
    refused = await Decisions(backend).decide(Given(answer, "ab12"), by="ben", role=role)
    assert isinstance(refused, Refusal)
    assert (refused.status, backend.submitted) == (403, [])


async def test_what_happens_in_the_house_needs_no_admin():
    backend = FakeBackend(monitor=[make_approval().model_copy(update={"kind": "actuation"})])
    assert await Decisions(backend).decide(Given("approve", "ab12"), by="ben", role="user") == Decided("x runs.")


async def test_an_unknown_approval_is_never_passed_on():
    backend = FakeBackend(monitor=[make_approval()])
    refused = await Decisions(backend).decide(Given("approve", "zz"), by="me", role="user")
    assert isinstance(refused, Refusal)
    assert refused.status == 404
    assert backend.submitted == []


@pytest.mark.parametrize(
    ("text", "open_id", "wanted"),
    [
        ("/approve ab12", "", Given("approve", "ab12")),
        ("  /deny   ab12 ", "", Given("deny", "ab12")),
        ("/approve ab12 4711", "", Given("approve", "ab12", "4711")),
        ("/Approve ab12", "", Given("approve", "ab12")),
        ("/approve", "ab12", Given("approve", "ab12")),
        ("/approve 2468", "ab12", Given("approve", "ab12", "2468")),
        ("/approve 2468", "", Given("approve", "2468")),
        ("Yes, please!", "ab12", Given("approve", "ab12")),
        ("no", "ab12", Given("deny", "ab12")),
        ("Ja!", "ab12", Given("approve", "ab12")),
        ("nein, danke", "ab12", Given("deny", "ab12")),
        ("yes 2468", "ab12", Given("approve", "ab12", "2468")),
        ("ja, PIN 2468.", "ab12", Given("approve", "ab12", "2468")),
        ("no 2468", "ab12", None),
        ("yes 2468", "", None),
        ("yes", "", None),
        ("yes but at night", "ab12", None),
        ("turn on the light", "ab12", None),
        ("/approve a b c", "", None),
        ("please /approve ab12", "", None),
        ("/approvals", "ab12", None),
    ],
)
def test_what_counts_as_an_answer(text, open_id, wanted):
    assert parse(text, open_id) == wanted


def say(text, message_id="1", session="s", to=""):
    return ChatMessage(content=text, id=message_id, conversation_id=session, to=to)


def test_yes_counts_only_right_after_the_question_and_in_its_session():
    sessions = Sessions()
    sessions.note("s", "ab12")
    assert sessions.read(say("yes", session="other")) is None
    assert sessions.read(say("yes", "1")) == Given("approve", "ab12")
    assert sessions.read(say("yes", "1")) == Given("approve", "ab12"), "a repeated message is read the same way"
    assert sessions.read(say("yes", "2")) is None
    sessions.note("s", "cd34")
    assert sessions.read(say("turn on the light", "3")) is None
    assert sessions.read(say("yes", "4")) is None, "something else was said in between"


def test_nothing_is_noted_without_a_session_or_an_approval():
    sessions = Sessions()
    sessions.note("", "ab12")
    assert sessions.read(say("yes", session="")) is None
    sessions.note("s", "")
    assert sessions.read(say("/approve")) is None
    assert sessions.read(say("/approve ab12", session="")) == Given("approve", "ab12")


def test_words_for_another_agent_are_no_answer():
    sessions = Sessions()
    sessions.note("s", "ab12")
    assert sessions.read(say("yes", "1", to="chef")) is None
    assert sessions.read(say("/approve ab12", "2", to="@chef")) is None
    assert sessions.read(say("@chef yes", "3")) is None
    sessions.note("s", "ab12")
    assert sessions.read(say("@main, yes", "5")) == Given("approve", "ab12")
    assert sessions.read(say("/approve ab12", "4", to="@main")) == Given("approve", "ab12")


def test_old_sessions_give_way():
    sessions = Sessions()
    for number in range(600):
        sessions.note(f"s{number}", "ab12")
    assert sessions.read(say("yes", session="s0")) is None
    assert sessions.read(say("yes", session="s599")) == Given("approve", "ab12")


async def test_a_yes_without_the_pin_is_not_passed_on_but_a_no_is():
    backend = FakeBackend(monitor=[make_approval().model_copy(update={"needs_pin": True})])
    refused = await Decisions(backend).decide(Given("approve", "ab12"), by="ann", role="admin")
    assert isinstance(refused, Refusal)
    assert (refused.status, backend.submitted) == (409, [])
    assert "/approve ab12 PIN" in refused.detail
    assert await Decisions(backend).decide(Given("deny", "ab12"), by="ann", role="user") == Decided("x runs.")


async def test_what_was_sent_without_being_seen_is_no_refusal():
    backend = FakeBackend(**{"home-assistant-actuator": [make_approval()]})
    backend.end = (TaskState.UNKNOWN, Done(text="Sent, but not seen."), None)
    decided = await Decisions(backend).decide(Given("approve", "ab12"), by="ann", role="admin")
    assert decided == Decided("Sent, but not seen.", "unknown")
    assert backend.submitted[0][2] == "home-assistant-actuator"


def test_a_pin_is_never_shown():
    assert "2468" not in repr(Given("approve", "ab12", "2468"))


async def test_a_decision_asks_only_the_agent_that_is_known_to_hold_it():
    backend = FakeBackend(**{"home-assistant-actuator": [make_approval()]})
    decisions = Decisions(backend)
    await decisions.listed()
    backend.held = {"home-assistant-actuator": [make_approval()], "monitor": RuntimeError("must not be asked")}
    assert await decisions.decide(Given("deny", "ab12"), by="ann", role="user") == Decided("x runs.")


def test_a_question_stands_in_the_session_of_one_person():
    sessions = Sessions()
    ann, eve = (say("yes", person).model_copy(update={"person": person}) for person in ("ann", "eve"))
    sessions.note(place_of(ann), "ab12")
    assert sessions.read(eve) is None
    assert sessions.read(ann) == Given("approve", "ab12")


def test_of_two_questions_at_once_a_plain_yes_answers_none():
    sessions = Sessions()
    sessions.note("s", "ab12")
    sessions.note("s", "ab12")
    assert sessions.waiting(say("yes", "1")) == "ab12"
    sessions.note("s", "cd34")
    assert sessions.read(say("yes", "2")) is None
    assert sessions.read(say("/approve cd34", "3")) == Given("approve", "cd34")
    sessions.note("s", "ef56")
    assert sessions.read(say("yes", "4")) == Given("approve", "ef56"), "it was asked alone"
