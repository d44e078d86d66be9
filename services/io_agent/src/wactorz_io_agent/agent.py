"""The io-agent: the one door for what people say; every message gets exactly one answer."""

import time

from wactorz_common.agent import Agent, Task, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts.chat import (
    CHAT,
    CHAT_IN,
    CHAT_RESPONSE,
    CHAT_STOP,
    SAY,
    ChatAnswer,
    ChatMessage,
    ChatReply,
    ChatRequest,
    ChatStop,
)  # fmt: skip
from wactorz_common.contracts.lifecycle import (
    HEARTBEAT,
    MANIFEST,
    STATUS,
    AgentManifest,
    AgentState,
    AgentStatus,
    Heartbeat,
)
from wactorz_common.contracts.notices import VAULT_KEY, VaultKey
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.decisions import holds_pin
from wactorz_common.errors import Refused, WactorzError
from wactorz_common.ids import clock
from wactorz_common.secrecy import SecretKeeper
from wactorz_common.senders import Senders
from wactorz_io_agent import replies, stopping
from wactorz_io_agent.german import phrase
from wactorz_io_agent.mention import MAIN, Addressed, address, not_found, payload_of, resting
from wactorz_io_agent.questions import Questions
from wactorz_io_agent.sessions import Sessions
from wactorz_io_agent.settings import IoAgentSettings
from wactorz_io_agent.underway import Mark, Underway, unless_stopped

_RESTING = (AgentState.STOPPED, AgentState.PAUSED)
_ANYBODY = "user"
_OWN_SECONDS = 5.0
"""How long main may take to say what it has done of a message that was given up."""

_GATEWAY = "gateway"
"""The only one whose word says who was let in."""

_READ_FILES = frozenset({MAIN, "llm"})
"""Who looks at attached files, besides spawned agents."""

_NO_PERSON = (
    "Nothing was passed on: a spawned agent speaks for no person. It may send a task to the agent itself, with a grant."
)

_NO_PINS = (
    "Nothing was passed on: a PIN is not taken over MQTT, where others may read it. Answer on the page, with "
    "`wactorz approve ID` or with POST /api/approvals/ID, and choose a new PIN, because this one was readable."
)

_NO_SECRETS = (
    "Nothing was passed on: a secret is kept only when it is said to main. Say it without the name of an agent, for "
    "example: /webhook discord URL; nothing of it was kept."
)


class IoAgent(Agent[IoAgentSettings]):
    """Answers messages from gateway, CLI and bridges (as tasks) and from foreign clients (on io/chat)."""

    name = "io-agent"
    description = "The one door for what people say; hands it to the agent that answers."
    publishes = (CHAT_RESPONSE, CHAT_STOP)

    async def on_start(self) -> None:
        """Nothing to restore: unfinished messages are tasks, and run again by themselves."""
        self.sessions = Sessions(self.settings.session_limit)
        self.known = {MAIN}
        self.resting: dict[str, str] = {}
        self.questions = Questions()
        self.underway = Underway()
        self.senders = Senders(self)
        self.secrets = SecretKeeper()

    @listens(VAULT_KEY)
    async def on_vault_key(self, message: Message[VaultKey]) -> None:
        """From now on secrets can be taken: only the vault can read them."""
        self.secrets.key = message.payload

    @listens(MANIFEST)
    async def on_manifest(self, message: Message[AgentManifest]) -> None:
        """Learn of an agent that was here before us."""
        self.known.add(message.payload.name)

    @listens(HEARTBEAT)
    async def on_heartbeat(self, message: Message[Heartbeat]) -> None:
        """Learn of an agent that has no manifest, and of one that was started again."""
        self.known.add(message.payload.name)
        self.senders.note(message.payload)
        self._note(message.payload.name, message.payload.state)

    @listens(STATUS)
    async def on_status(self, message: Message[AgentStatus]) -> None:
        """Note who rests: what is said to it would only be taken up when it is started again."""
        self._note(message.payload.name, message.payload.state)

    def _note(self, name: str, state: str) -> None:
        if state in _RESTING and name != MAIN:
            self.resting[name] = state
        else:
            self.resting.pop(name, None)

    @listens(CHAT_IN)
    async def on_chat_in(self, message: Message[ChatMessage]) -> None:
        """A foreign client speaks: its message becomes a task of our own, so that a repetition is known."""
        if message.retained:
            self.log.warning("retained message on io/chat ignored")
            return
        task_id = replies.request_id(message.payload, message.raw, clock.mint_message())
        known = {"id": message.payload.id or task_id.removeprefix("chat/"), "person": "", "standing": ""}
        said = message.payload.model_copy(update=known)
        if holds_pin(said.content):
            await self._publish(said, self.name, _failed(phrase(_NO_PINS)), task_id)
            return
        try:
            said = self.secrets.clean(said)
        except Refused as error:
            await self._publish(said, self.name, _failed(str(error)), task_id)
            return
        self.spawn_background(self._take_in(said, task_id), f"message {task_id}")

    async def _take_in(self, said: ChatMessage, task_id: str) -> None:
        try:
            await self.submit(SAY, said, to=self.name, task_id=task_id)
        except WactorzError as error:
            await self._publish(said, self.name, _failed(str(error)), task_id)

    @handles(SAY)
    async def say(self, message: ChatMessage, task: Task) -> ChatReply:
        """Answer one message: hand it to the right agent, publish what that says, and return it."""
        if await self.senders.is_spawned(task.sender):
            raise Refused(phrase(_NO_PERSON))
        known = {"id": message.id or task.id}
        unknown = {} if task.sender == _GATEWAY else {"person": "", "standing": ""}
        message = self.secrets.clean(message.model_copy(update=known | unknown))
        session = message.conversation_id or ("" if message.sender == _ANYBODY else message.sender)
        to = address(message.content, message.to, self.known)
        if self._stops(to, session, message.person):
            return await self._stop(message.model_copy(update={"content": to.text}), session, task)
        place = f"{message.person}\n{session}" if session else ""
        to = self.questions.address(place, to, named=bool(message.to) or message.content.lstrip().startswith("@"))
        refusal = "" if task.recovered else replies.problem_with(message, time.time(), self.settings.stale_seconds)
        refusal = refusal or (phrase(_NO_PINS) if holds_pin(message.content) else self._unreachable(to.agent))
        refusal = refusal or (phrase(_NO_SECRETS) if message.secrets and to.agent != MAIN else "")
        if refusal:
            return await self._publish(message, self.name, _failed(refusal), task.trace_id)
        with self.underway.enter(message.id, session, message.person) as mark:
            patience = _OWN_SECONDS if to.agent == MAIN else 0.0
            answer = await unless_stopped(mark, self._in_turn(message, to, session, task, mark), patience)
        answer = answer or ChatAnswer(
            text=stopping.given_up(to.agent, handed_over=mark.handed_over), status=stopping.STOPPED
        )
        return await self._publish(message, to.agent, answer, task.trace_id)

    async def _in_turn(self, message: ChatMessage, to: Addressed, session: str, task: Task, mark: Mark) -> ChatAnswer:
        """The answer of the agent that a message is for, in its turn."""
        try:
            patience = max(0.0, min(self.settings.answer_seconds, task.remaining))
            turn = f"{message.person}\n{message.conversation_id or message.id}"
            async with self.sessions.turn(turn, to.text, patience):
                mark.handed_over = True
                answer = await self._hand_over(message, to, session, task)
                self.questions.note(f"{message.person}\n{session}" if session else "", to.agent, answer)
                return answer
        except TimeoutError:
            busy = phrase(
                "{agent} is busy with what you said before, so nothing was done. Please say it again later.",
                agent=to.agent,
            )
            return ChatAnswer(text=busy, status=TaskState.EXPIRED.value)

    # -- giving up ----------------------------------------------------------------------------------------------

    @listens(CHAT_STOP)
    async def on_chat_stop(self, message: Message[ChatStop]) -> None:
        """Somebody does not want an answer any more."""
        if not message.retained:
            self.underway.hear(message.payload)

    def _stops(self, to: Addressed, session: str, person: str) -> bool:
        """Whether a message only wants what is being answered to end."""
        if to.agent != MAIN:
            return False
        return stopping.is_command(to.text) or (self.underway.busy(session, person) and stopping.is_word(to.text))

    async def _stop(self, message: ChatMessage, session: str, task: Task) -> ChatReply:
        """Tell whoever works for this session to stop; never waits for what is being answered."""
        stopped, now = self.underway.stop(session, message.person), time.time()
        for chat_id in stopped:
            await self.publish(CHAT_STOP, ChatStop(chat_id=chat_id, timestamp=now))
        if session:
            await self.publish(CHAT_STOP, ChatStop(conversation_id=session, person=message.person, timestamp=now))
        answer = ChatAnswer(text=stopping.answer(message.content, busy=bool(stopped)))
        return await self._publish(message, self.name, answer, task.trace_id)

    def _unreachable(self, agent: str) -> str:
        """Why nothing can be said to an agent; empty when it can."""
        if agent not in self.known:
            return not_found(agent, self.known)
        return resting(agent, self.resting[agent]) if agent in self.resting else ""

    async def _hand_over(self, message: ChatMessage, to: Addressed, session: str, task: Task) -> ChatAnswer:
        request = ChatRequest(
            text=to.text, conversation_id=session, chat_id=message.id, user=message.sender, person=message.person,
            standing=message.standing, payload=None if to.agent == MAIN else payload_of(to.text),
            secrets=message.secrets, attachments=message.attachments if task.sender == _GATEWAY else (),
        )  # fmt: skip
        end = await self.submit(
            CHAT, request, to=to.agent, task_id=task.child("chat"), trace_id=task.trace_id,
            deadline=min(self.settings.answer_seconds, task.remaining),
        )  # fmt: skip
        answer = replies.answer_of(to.agent, end.state, end.result, end.error)
        reads = to.agent in _READ_FILES or not request.attachments or await self.senders.is_spawned(to.agent)
        return answer if reads else replies.without_files(to.agent, answer)

    async def _publish(self, message: ChatMessage, agent: str, answer: ChatAnswer, trace_id: str) -> ChatReply:
        """Publish the one answer to a message."""
        reply = replies.reply_to(message, agent, answer, now=time.time(), trace_id=trace_id)
        await self.publish(CHAT_RESPONSE, reply)
        return reply


def _failed(text: str) -> ChatAnswer:
    return ChatAnswer(text=text, status=TaskState.FAILED.value)
