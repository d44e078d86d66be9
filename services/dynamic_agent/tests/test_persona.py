"""A persona answers through the model and remembers the conversation."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from wactorz_common.contracts.blobs import Attachment
from wactorz_common.contracts.chat import ChatRequest
from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult, UnseenFile
from wactorz_common.errors import ContractError
from wactorz_dynamic_agent.handed import HandedFiles
from wactorz_dynamic_agent.keys import KEPT
from wactorz_dynamic_agent.persona import CONVERSATIONS, EXCHANGES, Persona


class Agent:
    name = "poet"

    def __init__(self) -> None:
        self.spec = SimpleNamespace(system_prompt="You rhyme.")
        self.kept: dict[str, Any] = {}
        self.asked: list[Completion] = []
        self.paid: list[CompletionResult] = []
        self.available = True
        self.at_once = 0
        self.handed = HandedFiles()
        self.unseen: tuple[UnseenFile, ...] = ()

    def recall(self, key: str, default: Any) -> Any:
        return self.kept.get(key, default)

    async def persist(self, key: str, value: Any) -> None:
        self.kept[key] = value

    async def ask(self, operation: object, question: Completion, timeout: float) -> CompletionResult:
        assert operation is COMPLETE
        assert timeout > 0
        self.at_once += 1
        assert self.at_once == 1
        self.asked.append(question)
        await asyncio.sleep(0)
        self.at_once -= 1
        text = f"answer {len(self.asked)}" if self.available else "No model is configured."
        return CompletionResult(text=text, provider="p", model="m", available=self.available, unseen=self.unseen)

    def spent(self, answer: CompletionResult) -> None:
        self.paid.append(answer)


@pytest.fixture
def agent() -> Agent:
    return Agent()


async def test_it_speaks_in_its_own_words_and_is_billed(agent: Agent) -> None:
    assert await Persona(agent).task({"text": "why?"}) == {"result": "answer 1"}  # type: ignore[arg-type]
    question = agent.asked[0]
    assert (question.system, question.agent, question.purpose) == ("You rhyme.", "poet", "persona")
    assert [(one.role, one.content) for one in question.messages] == [("user", "why?")]
    assert [one.text for one in agent.paid] == ["answer 1"]


async def test_it_remembers_after_a_restart(agent: Agent) -> None:
    await Persona(agent).task("one")  # type: ignore[arg-type]
    await Persona(agent).task("two")  # type: ignore[arg-type]
    assert [one.content for one in agent.asked[1].messages] == ["one", "answer 1", "two"]
    assert set(agent.kept) == {f"{KEPT}_conversation"}


async def test_a_long_conversation_keeps_its_end(agent: Agent) -> None:
    persona = Persona(agent)  # type: ignore[arg-type]
    for number in range(EXCHANGES + 3):
        await persona.task(str(number))
    kept = agent.kept[f"{KEPT}_conversation"]
    assert len(kept) == 2 * EXCHANGES
    assert (kept[0]["content"], kept[-1]["content"]) == ("3", f"answer {EXCHANGES + 3}")


async def test_what_one_person_said_is_not_shown_to_another(agent: Agent) -> None:
    persona = Persona(agent)  # type: ignore[arg-type]
    for place, text in (("ann\ns", "my doctor is Grey"), ("bob\ns", "who is my doctor?"), ("ann\ns", "and mine?")):
        await persona.converse(text, place)
    assert [one.content for one in agent.asked[1].messages] == ["who is my doctor?"]
    assert [one.content for one in agent.asked[2].messages] == ["my doctor is Grey", "answer 1", "and mine?"]


async def test_only_the_conversations_of_late_are_kept(agent: Agent) -> None:
    persona = Persona(agent)  # type: ignore[arg-type]
    for number in range(CONVERSATIONS + 2):
        await persona.converse("hello", f"ann\n{number}")
    kept = [key for key, value in agent.kept.items() if value and key.startswith(f"{KEPT}_conversation_")]
    assert len(kept) == CONVERSATIONS


async def test_questions_at_once_are_answered_one_after_the_other(agent: Agent) -> None:
    persona = Persona(agent)  # type: ignore[arg-type]
    await asyncio.gather(persona.task("one"), persona.task("two"))
    assert [one.content for one in agent.asked[1].messages] == ["one", "answer 1", "two"]


async def test_without_a_model_it_says_so_and_forgets_the_question(agent: Agent) -> None:
    agent.available = False
    with pytest.raises(ContractError, match="No model is configured"):
        await Persona(agent).task("why?")  # type: ignore[arg-type]
    assert agent.kept == {}
    assert agent.paid == []


async def test_nothing_else_moves_it(agent: Agent) -> None:
    persona = Persona(agent)  # type: ignore[arg-type]
    await persona.run()
    await persona.obey(AgentState.PAUSED)
    await persona.refresh({"agents": []})
    await persona.stop()
    assert (agent.kept, agent.asked) == ({}, [])
    assert persona.capabilities == ("chat",)


PHOTO = Attachment(id="1" * 32, name="photo.png", media_type="image/png", size=5)


async def test_a_picture_is_shown_once_and_only_while_it_is_asked_about(agent: Agent) -> None:
    persona = Persona(agent)  # type: ignore[arg-type]
    request = ChatRequest(text="what is it?", person="ann", attachments=(PHOTO,))
    with agent.handed.during(request, "io-agent") as files:
        await persona.converse("what is it?", "ann\nc", files)
    await persona.converse("and now?", "ann\nc", (PHOTO,))
    assert [[one.attachments for one in question.messages] for question in agent.asked] == [[(PHOTO,)], [(), (), ()]]
    assert [question.person for question in agent.asked] == ["ann", ""]


async def test_a_file_that_was_not_looked_at_is_named(agent: Agent) -> None:
    agent.unseen = (UnseenFile(id="1", name="a.pdf", why="no_documents", reason="llama3 reads no PDF"),)
    answer = await Persona(agent).converse("what?", "", (PHOTO,))  # type: ignore[arg-type]
    assert answer == {"result": "answer 1\na.pdf was not looked at: llama3 reads no PDF."}
