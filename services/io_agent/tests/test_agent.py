import asyncio
import time

import pytest

from wactorz_common.bus import Broker, Bus, Identity, Message
from wactorz_common.contracts.blobs import Attachment
from wactorz_common.contracts.chat import CHAT_IN, ChatAnswer, ChatMessage, ChatStop
from wactorz_common.contracts.lifecycle import Heartbeat
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Refused
from wactorz_common.handlers import Task
from wactorz_common.sealing import Opener
from wactorz_common.store import Store
from wactorz_common.tasks import TaskEnd
from wactorz_io_agent.agent import IoAgent
from wactorz_io_agent.sessions import Sessions
from wactorz_io_agent.settings import IoAgentSettings


@pytest.fixture
async def agent(tmp_path):
    settings = IoAgentSettings(state_dir=tmp_path)
    bus = Bus(Identity("io-agent", "id-1", 1, "c"), Broker("localhost", 1), None)
    made = IoAgent(settings, bus, Store(tmp_path / "s.db"))
    made.published, made.submitted = [], []
    made.end = TaskEnd("t", TaskState.DONE, {}, None, ChatAnswer(text="hello"))

    async def publish(channel, payload, **params):
        made.published.append(payload)

    async def submit(operation, request, **options):
        made.submitted.append((operation.action, request, options))
        return made.end

    made.publish, made.submit = publish, submit
    await made.on_start()
    return made


def make_task(**more):
    return Task("say-1", "say", "io-agent", trace_id="trace-1", **more)


async def test_message_goes_to_main_once_and_its_answer_is_published_once(agent):
    reply = await agent.say(ChatMessage(content="hi", id="7", sender="ann"), make_task())
    assert [(action, options["to"], options["task_id"]) for action, _, options in agent.submitted] == [
        ("chat", "main", "say-1/chat")
    ]
    assert agent.submitted[0][1].conversation_id == "ann"
    assert agent.published == [reply]
    assert (reply.sender, reply.content, reply.id, reply.trace_id) == ("main", "hello", "7", "trace-1")


async def test_a_spawned_agent_speaks_for_no_person(agent):
    beat = Heartbeat(actor_id="i", name="counter", timestamp=1, state="running")
    agent.senders.note(beat)
    with pytest.raises(Refused, match="speaks for no person"):
        await agent.say(ChatMessage(content="/stop all", sender="ann"), make_task(sender="counter"))
    assert (agent.submitted, agent.published) == ([], [])


async def test_unknown_agent_is_answered_without_a_task(agent):
    agent.known.add("weather")
    reply = await agent.say(ChatMessage(content="@wether rain?"), make_task())
    assert reply.content == "Agent @wether not found. Did you mean @weather?"
    assert (reply.status, reply.id, agent.submitted) == ("failed", "say-1", [])
    assert agent.published == [reply]


async def test_known_agent_is_asked_by_name(agent):
    agent.known.add("weather")
    reply = await agent.say(ChatMessage(content="@weather rain?"), make_task())
    assert agent.submitted[0][2]["to"] == "weather"
    assert agent.submitted[0][1].text == "rain?"
    assert reply.sender == "weather"


async def test_a_plain_yes_reaches_the_agent_that_asked(agent):
    agent.known.add("home-assistant-agent")
    asks = ChatAnswer(text="Shall I?", status="waiting")
    agent.end = TaskEnd("t", TaskState.DONE, {}, None, asks)
    said = {"conversation_id": "s"}
    await agent.say(ChatMessage(content="@home-assistant-agent delete automation Morning", **said), make_task())
    await agent.say(ChatMessage(content="yes", **said), make_task())
    assert (agent.submitted[1][2]["to"], agent.submitted[1][1].text) == ("home-assistant-agent", "yes")


@pytest.mark.parametrize(("to", "reads"), [("main", True), ("llm", True), ("notifier", False)])
async def test_who_takes_words_only_says_that_files_were_not_read(agent, to, reads):
    agent.known |= {"llm", "notifier"}
    agent.senders.note(Heartbeat(actor_id="i", name="notifier", timestamp=1, state="running", protected=True))
    photo = Attachment(id="1" * 32, name="photo.png", media_type="image/png", size=5)
    said = ChatMessage(content=f"@{to} look", attachments=(photo,))
    reply = await agent.say(said, make_task(sender="gateway"))
    assert agent.submitted[0][1].attachments == (photo,)
    assert ("does not read attached files" not in reply.content) is reads


async def test_agent_that_stays_silent_is_reported(agent):
    agent.end = TaskEnd("t", TaskState.UNKNOWN, {}, None)
    reply = await agent.say(ChatMessage(content="hi"), make_task())
    assert reply.status == "unknown"
    assert "did not answer in time" in reply.content


async def test_stale_message_is_refused_but_one_taken_up_after_a_crash_is_not(agent):
    stale = ChatMessage(content="hi", timestamp=1.0)
    assert (await agent.say(stale, make_task())).status == "failed"
    assert (await agent.say(stale, make_task(recovered=True))).status == "done"


def foreign(content="hi", retained=False, **more):
    payload = ChatMessage(content=content, **more)
    return Message(payload, CHAT_IN.address, {}, payload.encode(), retained)


async def test_foreign_message_becomes_a_task_of_its_own_id(agent):
    for message in (foreign(id="1"), foreign(id="1"), foreign(), foreign(retained=True)):
        await agent.on_chat_in(message)
    await asyncio.sleep(0.01)
    ids = [options["task_id"] for _, _, options in agent.submitted]
    assert len(ids) == 3
    assert ids[0] == ids[1] != ids[2]
    assert agent.submitted[2][1].id == ids[2].removeprefix("chat/")


@pytest.mark.parametrize("text", ["/approve ab12 2468", "yes 2468", "PIN 2468", "@weather /approve ab12 2468"])
async def test_a_pin_is_not_taken_over_mqtt(agent, text):
    for reply in (
        await agent.on_chat_in(foreign(text, id="1")),
        await agent.say(ChatMessage(content=text), make_task()),
    ):
        assert reply is None or reply.status == "failed"
    assert agent.submitted == []
    assert all("not taken over MQTT" in one.content and "2468" not in one.content for one in agent.published)
    assert len(agent.published) == 2


async def test_foreign_message_that_cannot_be_taken_in_is_still_answered(agent):
    async def refuse(*_arguments, **_options):
        raise Refused("Too much is under way")

    agent.submit = refuse
    await agent.on_chat_in(foreign(id="1"))
    await asyncio.sleep(0.01)
    assert agent.published[0].content == "Too much is under way"
    assert agent.published[0].id == "1"


def beat(agent, name, state):
    return agent.on_heartbeat(Message(Heartbeat(actor_id=name, name=name, timestamp=1, state=state), "t", {}, b""))


async def test_an_agent_that_appears_later_is_asked_and_one_that_is_stopped_is_not(agent):
    assert "not found" in (await agent.say(ChatMessage(content="@tide when?"), make_task())).content
    await beat(agent, "tide", "running")
    await agent.say(ChatMessage(content='@tide {"day": "monday"}'), make_task())
    request = agent.submitted[-1][1]
    assert (request.text, request.payload) == ('{"day": "monday"}', {"day": "monday"})
    await beat(agent, "tide", "stopped")
    reply = await agent.say(ChatMessage(content="@tide when?"), make_task())
    assert (reply.status, "/start tide" in reply.content, len(agent.submitted)) == ("failed", True, 1)
    await beat(agent, "tide", "running")
    await agent.say(ChatMessage(content="@tide when?"), make_task())
    assert agent.submitted[-1][1].payload == "when?"


async def test_main_is_asked_whatever_its_state(agent):
    await beat(agent, "tide", "paused")
    paused = await agent.say(ChatMessage(content="@tide high?"), make_task())
    assert (paused.status, "is paused" in paused.content) == ("failed", True)
    await beat(agent, "main", "stopped")
    await agent.say(ChatMessage(content="hi"), make_task())
    assert agent.submitted[-1][1].payload is None


async def test_only_the_gateway_says_who_speaks(agent):
    agent.senders.note(Heartbeat(actor_id="i", name="planner", timestamp=1, state="running", protected=True))
    said = ChatMessage(content="hi", person="ann", standing="admin", sender="user")
    await agent.say(said, make_task(sender="gateway"))
    await agent.say(said, make_task(sender="planner"))
    await agent.say(said, make_task())
    assert [(request.person, request.standing) for _, request, _ in agent.submitted] == [
        ("ann", "admin"), ("", ""), ("", "")
    ]  # fmt: skip


async def test_a_foreign_message_speaks_for_no_person(agent):
    await agent.on_chat_in(foreign(id="1", person="ann", standing="owner"))
    await asyncio.sleep(0.01)
    assert (agent.submitted[0][1].person, agent.submitted[0][1].standing) == ("", "")


async def test_who_names_no_session_shares_none_with_others(agent):
    await agent.say(ChatMessage(content="hi"), make_task())
    await agent.say(ChatMessage(content="hi", sender="radio"), make_task())
    await agent.say(ChatMessage(content="hi", sender="radio", conversation_id="c"), make_task())
    assert [request.conversation_id for _, request, _ in agent.submitted] == ["", "radio", "c"]


async def test_a_secret_is_taken_out_before_it_is_kept_or_passed_on(agent):
    said = ChatMessage(content="my password is hunter2", id="7", sender="ann")
    with pytest.raises(Refused, match="nothing was passed on"):
        await agent.say(said, make_task())
    assert agent.submitted == []
    agent.secrets.key = Opener(bytes(32)).vault_key
    await agent.say(said, make_task())
    request = agent.submitted[0][1]
    assert "hunter2" not in request.encode().decode()
    assert [one.reference for one in request.secrets] == [request.text.removeprefix("my password is ")]


async def test_a_secret_from_a_foreign_client_is_refused_while_the_vault_is_away(agent):
    raw = ChatMessage(content="my password is hunter2", id="7", sender="ann")
    message = Message(raw, "io/chat", {}, raw.encode())
    await agent.on_chat_in(message)
    assert agent.submitted == []
    assert "vault" in agent.published[0].content
    assert "hunter2" not in agent.published[0].encode().decode()


async def test_a_secret_is_passed_on_to_main_only(agent):
    agent.secrets.key, agent.known = Opener(bytes(32)).vault_key, {"main", "weather"}
    reply = await agent.say(ChatMessage(content="@weather my password is hunter2", id="7"), make_task())
    assert agent.submitted == []
    assert "said to main" in reply.content


# -- giving up ------------------------------------------------------------------------------------------------------


class Slow:
    """A submit that does not end before it is told to."""

    def __init__(self, agent):
        self.agent, self.begun, self.release, self.cancelled = agent, 0, asyncio.Event(), 0
        agent.submit = self.submit

    async def submit(self, operation, request, **options):
        self.begun += 1
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.agent.end


def stops(agent):
    return [one for one in agent.published if isinstance(one, ChatStop)]


async def speak(agent, text, session="s", person="", **more):
    task = asyncio.create_task(
        agent.say(
            ChatMessage(content=text, conversation_id=session, person=person, **more),
            Task(f"say-{text}-{session}-{person}", "say", "io-agent", sender="gateway"),
        )
    )
    await asyncio.sleep(0.01)
    return task


@pytest.mark.parametrize("said", ["/stop", "stop", "Stopp!", "halt", "abbrechen", "@main /stop"])
async def test_a_stop_is_answered_at_once_and_told_to_all_who_work_on_it(agent, said):
    slow = Slow(agent)
    working = await speak(agent, "tell me a story", id="q1")
    reply = await (await speak(agent, said, id="q2"))
    assert (reply.id, reply.content in ("Stopped.", "Gestoppt.")) == ("q2", True)
    assert [(one.chat_id, one.conversation_id) for one in stops(agent)] == [("q1", ""), ("", "s")]
    agent.end = TaskEnd("t", TaskState.DONE, {}, None, ChatAnswer(text="Stopped. The lamp is on.", status="stopped"))
    slow.release.set()
    reply = await working
    assert (reply.id, reply.content, reply.status) == ("q1", "Stopped. The lamp is on.", "stopped")
    assert slow.begun == 1


async def test_what_waited_for_its_turn_is_never_handed_over(agent):
    agent.sessions = Sessions(1)
    slow = Slow(agent)
    await speak(agent, "first", id="q1")
    second = await speak(agent, "second", id="q2")
    await (await speak(agent, "/stop"))
    reply = await asyncio.wait_for(second, 10)
    assert (reply.content, reply.status, slow.begun) == ("Stopped. Nothing was done.", "stopped", 1)
    slow.release.set()


async def test_another_agent_is_not_waited_for(agent):
    agent.known.add("weather")
    slow = Slow(agent)
    working = await speak(agent, "@weather rain?", id="q1")
    await (await speak(agent, "/stop"))
    reply = await asyncio.wait_for(working, 10)
    assert (reply.status, "weather is not waited for" in reply.content, slow.cancelled) == ("stopped", True, 1)


async def test_a_stop_means_the_own_session_of_the_own_person(agent):
    slow = Slow(agent)
    others = [await speak(agent, "a story", "other", "ann"), await speak(agent, "a story", "s", "bob")]
    reply = await (await speak(agent, "/stop", "s", "ann"))
    assert "Nothing is being answered here" in reply.content
    assert [(one.chat_id, one.conversation_id, one.person) for one in stops(agent)] == [("", "s", "ann")]
    assert not any(one.done() for one in others)
    slow.release.set()
    assert [(await one).content for one in others] == ["hello", "hello"]


async def test_the_word_alone_is_for_main_when_nothing_is_under_way(agent):
    await agent.say(ChatMessage(content="abbrechen", conversation_id="s"), make_task())
    assert (agent.submitted[0][1].text, stops(agent)) == ("abbrechen", [])


async def test_a_stop_from_elsewhere_is_heard_and_means_nothing_later(agent):
    slow = Slow(agent)
    agent.known.add("weather")
    working = await speak(agent, "@weather rain?", id="q1")
    for stop in (ChatStop(chat_id="q9", timestamp=time.time()), ChatStop(conversation_id="s", timestamp=1.0)):
        await agent.on_chat_stop(Message(stop, "t", {}, b""))
    assert not working.done()
    await agent.on_chat_stop(Message(ChatStop(chat_id="q1", timestamp=time.time()), "t", {}, b""))
    assert (await asyncio.wait_for(working, 10)).status == "stopped"
    slow.release.set()


async def test_a_yes_of_another_person_in_a_session_of_the_same_name_is_for_main(agent):
    agent.known.add("home-assistant-agent")
    agent.questions.note("ann\ns", "home-assistant-agent", ChatAnswer(text="Sure?", status="waiting"))
    for person in ("bob", "ann"):
        await (await speak(agent, "yes", "s", person))
    assert [options["to"] for *_, options in agent.submitted] == ["main", "home-assistant-agent"]
