"""Main without a bus, for the tests of what one message becomes."""

import time

from wactorz_common.contracts.chat import ChatRequest
from wactorz_common.contracts.home import ActuationResult, Entity, House, ServiceCall
from wactorz_common.contracts.llm import CompletionResult
from wactorz_common.contracts.rules import Rule, RuleDraft, StateTrigger
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.handlers import Task
from wactorz_common.language import speaking
from wactorz_common.tasks import TaskEnd
from wactorz_main.deeds import Deeds
from wactorz_main.errand import Errand
from wactorz_main.facts import Facts
from wactorz_main.halting import Halting
from wactorz_main.history import History
from wactorz_main.intent import Classifier
from wactorz_main.memory import Memory
from wactorz_main.reading import Reading
from wactorz_main.sessions import Sessions
from wactorz_main.settings import MainSettings
from wactorz_main.turn import Turn
from wactorz_main.wording import Seen
from wactorz_understanding.meaning import NotUnderstood

PLACE = "ann\nc"
"""Where the conversation of the person of these tests is kept."""

LIGHT = Entity(entity_id="light.k", name="Kitchen Light", state="off")
HOUSE = House(version=1, entities=(LIGHT,), services={"light": ("turn_on", "turn_off")})
CALL = ServiceCall(domain="light", service="turn_on", entity_id=("light.k",))
DRAFT = RuleDraft(trigger=StateTrigger(entity_id="light.k", to="on"), actions=(CALL,))


def make_rule(status="active"):
    return Rule(rule_id="ab12cd34", task="t", draft=DRAFT, created_at=1, status=status, summary="When x: y.")


class FakeAgent:
    """Main without a bus: answers by operation, and notes what was handed over."""

    name = "main"

    def __init__(self, store):
        self.store, self.settings = store, MainSettings()
        self.memory, self.house, self.house_problem = Memory(store), HOUSE, ""
        self.history, self.classifier = History(store), Classifier()
        self.sessions = Sessions(store, 600)
        self.facts, self.deeds = Facts(store), Deeds(store)
        self.halting = Halting(self)
        self.meaning, self.context, self.reads = NotUnderstood(), {}, []
        self.submitted, self.asked, self.published, self.says = [], [], [], ""
        self.intent, self.classified = "OTHER", []
        self.seen = {"cam": Seen("cam", "Sees.", (), "running", "", time.time(), "i", protected=True)}
        self.ends = {"actuate": (TaskState.DONE, ActuationResult(outcomes=(), text="Kitchen Light is on."), None)}
        self.answers = {}

    def recall(self, _key, default=None):
        return default

    async def forget_person(self, owner, place):
        await self.facts.forget(owner)
        await self.history.forget(place)

    async def known_house(self, _seconds):
        return self.house

    async def understand(self, text, context, fixed):
        self.reads.append((text, context, fixed))
        return Reading(self.meaning, self.says or fixed or "en", self.context)

    async def read(self, text, fixed=""):
        return (await self.understand(text, {}, fixed)).meaning

    async def publish(self, channel, payload, **_):
        self.published.append((channel.name, payload))

    async def submit(self, operation, request, *, to=None, task_id=None, deadline=None, trace_id=""):
        self.submitted.append((operation.action, request, task_id, trace_id))
        state, result, error = self.ends[operation.action]
        return TaskEnd(task_id, state, {}, error, result)

    async def ask(self, operation, request, *, to=None, timeout=None, trace_id=""):
        if operation.action == "complete" and request.purpose == "intent":
            self.classified.append(request)
            answer = self.answers.get("complete")
            if isinstance(answer, CompletionResult) and not answer.available:
                return answer
            if isinstance(self.intent, Exception):
                raise self.intent
            return CompletionResult(provider="p", model="fast", text=self.intent)
        self.asked.append((operation.action, request))
        answer = self.answers[operation.action]
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def say(
    agent, text, task_id="t1", conversation="c", person="ann", sender="", standing="owner", page="", now=time.time
):
    """The answer to a text that came in; `page` is the language that came with it."""
    request = ChatRequest(text=text, conversation_id=conversation, chat_id="q1", person=person, standing=standing)
    with speaking(page):
        return await Turn(agent, request, Task(task_id, "chat", "main", sender, trace_id="trace", now=now)).answer()


def errand_of(agent, text="do it", task_id="t1", **more):
    """A message under way."""
    request = ChatRequest(text=text, conversation_id="c", chat_id="q1", person="ann", **{"standing": "owner", **more})
    return Errand(agent, request, Task(task_id, "chat", "main", trace_id="trace", now=lambda: 1_000.0))
