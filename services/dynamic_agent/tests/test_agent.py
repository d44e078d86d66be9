"""A spawned agent is an agent like any other; its behavior comes from its specification."""

from types import SimpleNamespace
from typing import Any

import pytest

from wactorz_common.bus import Broker
from wactorz_common.contracts.blobs import Attachment
from wactorz_common.contracts.chat import ChatRequest
from wactorz_common.contracts.llm import CompletionResult
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.contracts.tasks import TaskBody, TaskState
from wactorz_common.handlers import Task
from wactorz_common.run import bus_of, make_identity
from wactorz_common.store import Store
from wactorz_dynamic_agent.agent import DynamicAgent
from wactorz_dynamic_agent.behavior import Surroundings
from wactorz_dynamic_agent.life import Life
from wactorz_dynamic_agent.persona import Persona
from wactorz_dynamic_agent.settings import HostSettings


class Behavior:
    source, capabilities = "rules", ("echoing",)

    def __init__(self, result: Any = None) -> None:
        self.result, self.asked, self.directories = result, [], []

    async def task(self, payload: Any) -> Any:
        self.asked.append(payload)
        return self.result

    async def refresh(self, directory: dict[str, Any]) -> None:
        self.directories.append(directory)


@pytest.fixture
def make(store: Store, tmp_path):
    async def made(behavior: Behavior | None = None, **fields: Any) -> DynamicAgent:
        spec = SpawnSpec.model_validate({"name": "echo", "description": "Repeats", **fields})
        settings = HostSettings.model_validate({"state_dir": tmp_path})
        identity = await make_identity("echo", store, "client", "ID")
        around = Surroundings(None, lambda: 12.5, dict, lambda *_: None, lambda *_: None)  # type: ignore[arg-type]
        bus = bus_of(identity, Broker("127.0.0.1", 1), protected=False)
        agent = DynamicAgent(settings, bus, store, spec, around)
        if behavior is not None:
            agent._behavior = behavior  # type: ignore[assignment]
        return agent

    return made


async def test_the_type_says_what_stands_behind_it(make) -> None:
    assert isinstance((await make(code="x = 1"))._behavior, Life)
    persona = await make(type="llm", system_prompt="You rhyme.")
    assert isinstance(persona._behavior, Persona)
    assert (persona.name, persona.description, persona.agent_type) == ("echo", "Repeats", "llm")


@pytest.mark.parametrize(
    ("sender", "person", "session"), [("io-agent", "", "ann\nc"), ("stranger", "ann", "c"), ("io-agent", "bob", "c")]
)
async def test_nobody_gets_into_the_conversation_of_another(make, sender, person, session) -> None:
    places = []

    class Notes(Persona):
        async def converse(self, payload: Any, place: str, files: tuple[Attachment, ...] = ()) -> dict[str, Any]:
            places.append(place)
            return {"result": "hm"}

    agent = await make(type="llm", system_prompt="You rhyme.")
    agent._behavior = Notes(agent)
    for by, who, where in (("io-agent", "ann", "c"), ("main", "ann", "c"), (sender, person, session)):
        asked = ChatRequest(text="hi", person=who, conversation_id=where)
        await agent.chat(asked, Task("t", "chat", "echo", by))
    first, second, third = places
    assert first == second != third


async def test_a_persons_text_is_answered_as_text(make) -> None:
    behavior = Behavior({"result": "yes"})
    agent = await make(behavior)
    assert (await agent.chat(ChatRequest(text="really?"), SimpleNamespace(sender="io-agent"))).text == "yes"
    answer = await agent.chat(ChatRequest(text='{"a": 1}'), SimpleNamespace(sender="io-agent"))
    assert behavior.asked == [{"text": "really?"}, {"a": 1}]
    assert answer.source == "rules"
    assert answer.status == "done"


async def test_what_its_code_calls_an_error_is_one_for_people_too(make) -> None:
    agent = await make(Behavior({"error": "no water"}))
    answer = await agent.chat(ChatRequest(text="water the plants"), SimpleNamespace(sender="io-agent"))
    assert (answer.text, answer.status) == ("no water", "failed")


@pytest.mark.parametrize(
    ("result", "reply", "outcome"),
    [
        ({"n": 1, "_task_id": "forged"}, {"n": 1}, TaskState.DONE),
        ("done", {"result": "done"}, TaskState.DONE),
        ({"error": "no"}, {"error": "no"}, TaskState.FAILED),
    ],
)
async def test_any_other_task_is_for_its_code(make, result: Any, reply: dict[str, Any], outcome: TaskState) -> None:
    behavior = Behavior(result)
    task = SimpleNamespace(outcome=TaskState.DONE)
    assert await (await make(behavior)).task(TaskBody(body=[1]), task) == reply
    assert (behavior.asked, task.outcome) == ([[1]], outcome)


async def test_the_manifest_says_what_all_three_say(make) -> None:
    agent = await make(Behavior(), publishes=["custom/a"], triggers_when={"a": "b"})
    agent.ports._tellings.contract = {"publishes": ["custom/b", "custom/a"], "triggers_when": {"c": "d"}}
    agent.ports.samples.take("custom/c", {"n": 1})
    manifest = agent.extra_manifest()
    assert manifest["publishes"] == ("custom/a", "custom/b", "custom/c")
    assert manifest["triggers_when"] == {"a": "b", "c": "d"}
    assert manifest["observed_samples"]["custom/c"]["example"] == {"n": 1}
    assert manifest["capabilities"] == ("echoing",)


async def test_a_contract_that_makes_no_sense_adds_nothing(make) -> None:
    agent = await make(Behavior(), publishes=["custom/a"])
    agent.ports._tellings.contract = {"publishes": "custom/b", "triggers_when": [1], "subscribes": 7}
    manifest = agent.extra_manifest()
    assert (manifest["publishes"], manifest["triggers_when"], manifest["subscribes"]) == (("custom/a",), {}, ())


async def test_model_calls_add_up(make) -> None:
    agent = await make(Behavior())
    assert agent.extra_metrics() == {}
    for _ in range(2):
        agent.spent(CompletionResult(text="", provider="p", model="m", input_tokens=3, output_tokens=2, cost_usd=0.5))
    assert agent.extra_metrics() == {"input_tokens": 6, "output_tokens": 4, "cost_usd": 1.0, "llm_calls": 2}


async def test_its_own_words_say_what_it_does(make) -> None:
    agent = await make(Behavior())
    library = agent.doing()
    await agent.ports._tellings.take("status", {"text": "watching"})
    assert (agent.doing(), agent.memory_mb()) == ("watching", 12.5)
    assert library != "watching"


async def test_code_is_told_of_the_files_of_a_message(make) -> None:
    photo = Attachment(id="1" * 32, name="photo.png", media_type="image/png", size=5)
    behavior = Behavior({"result": "nice"})
    agent = await make(behavior)
    request = ChatRequest(text="look", person="ann", attachments=(photo,))
    await agent.chat(request, SimpleNamespace(sender="io-agent"))
    await agent.chat(request, SimpleNamespace(sender="cam"))
    assert behavior.asked == [{"text": "look", "attachments": [photo.to_wire()]}, {"text": "look"}]
