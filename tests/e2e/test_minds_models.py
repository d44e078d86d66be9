"""What models do for people, what it costs, and how it ends when it is stopped, refused, kept secret or killed."""

import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web

from wactorz_testing import anthropic_brain
from wactorz_testing.anthropic_server import TEST_KEY as ANTHROPIC_KEY
from wactorz_testing.anthropic_server import AnthropicServer
from wactorz_testing.gemini_server import TEST_KEY as GEMINI_KEY
from wactorz_testing.gemini_server import GeminiServer
from wactorz_testing.model_replies import Answer, Failure, Reply, ToolUse, call, overloaded
from wactorz_testing.model_server import ModelServer
from wactorz_testing.ollama_server import OllamaServer
from wactorz_testing.openai_server import TEST_KEY as OPENAI_KEY
from wactorz_testing.openai_server import OpenAIServer
from wactorz_testing.system import System, eventually, started

from .minds_stage import Heard, listen, rule_made, serving, system_text

pytestmark = pytest.mark.e2e

CAPITAL = "what is the capital of France?"
PARIS = "The capital of France is Paris, on the river Seine, and it has been that for a long time."
STUFFY = "whenever it gets stuffy in the kitchen, switch on the air conditioner"
STORY = "Once upon a time a lamp in a quiet house kept watch over every room. " * 40
ABROAD = "http://api.models.example"
"""An address that is not of this machine; requests for it go through the stand-in as their proxy."""


def proxied(server: ModelServer) -> dict[str, str]:
    return {"HTTP_PROXY": server.root, "http_proxy": server.root, "NO_PROXY": "127.0.0.1,localhost"}


PROVIDERS: dict[str, tuple[Callable[[], ModelServer], Callable[[ModelServer], dict[str, str]], str]] = {
    "anthropic": (
        AnthropicServer,
        lambda server: {"ANTHROPIC_API_KEY": ANTHROPIC_KEY, "ANTHROPIC_BASE_URL": ABROAD, **proxied(server)},
        "cloud",
    ),
    "openai": (
        OpenAIServer,
        lambda server: {"OPENAI_API_KEY": OPENAI_KEY, "OPENAI_URL": f"{ABROAD}/v1", **proxied(server)},
        "cloud",
    ),
    "nim": (
        lambda: OpenAIServer(style="nim"),
        lambda server: {"NIM_API_KEY": OPENAI_KEY, "NIM_URL": server.url},
        "local",
    ),
    "ollama": (OllamaServer, lambda server: {"OLLAMA_URL": server.url}, "local"),
    "gemini": (
        GeminiServer,
        lambda server: {"GEMINI_API_KEY": GEMINI_KEY, "GEMINI_BASE_URL": server.url},
        "local",
    ),
}


def settled(system: System, *servers: ModelServer) -> None:
    """Wait until the ledger holds what the servers billed, to the token."""
    wanted: tuple[int, int] = (0, 0)

    def equal() -> bool:
        nonlocal wanted
        bills = [bill.spent for server in servers for bill in server.bills]
        wanted = (sum(bill.prompt_tokens for bill in bills), sum(bill.output_tokens for bill in bills))
        costs = system.get("/api/cost")
        return (costs["total_input_tokens"], costs["total_output_tokens"]) == wanted

    eventually(equal, 10, f"a ledger of {wanted}")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_question_is_answered_in_pieces_and_booked_to_the_token(provider: str, tmp_path: Path) -> None:
    make, settings_for, source = PROVIDERS[provider]
    server = make()
    writing: list[int] = []

    def look(_heard: Heard) -> bool:
        writing.append(server.running)
        return False

    with serving(server), started(tmp_path / "state", LLM_PROVIDER=provider, **settings_for(server)) as system:
        server.script([Answer(PARIS, pause=0.02)])
        heard = listen(system, CAPITAL, "france", at_piece=look)
        assert heard.text == PARIS == heard.reply["reply"]
        assert (heard.reply["status"], heard.reply["source"]) == ("done", source)
        assert len(writing) > 1
        assert writing[0] == 1, "the first piece came when the answer was written already"
        settled(system, server)
        total = system.get("/api/cost")
        told = system.say("/cost", session="france")["reply"]
        assert f"{total['total_input_tokens']:,} tokens in, {total['total_output_tokens']:,} tokens out" in told
        assert provider in told
        assert total["total_output_tokens"] > 0


# -- one system, with Anthropic and OpenAI behind it ------------------------------------------------------------------

WEATHER = """
async def handle_task(agent, payload):
    return {"text": "12 degrees and rain"}
"""
NEWS = """
async def handle_task(agent, payload):
    return {"text": "A new model was released. You asked: " + payload["text"]}
"""
STAMPER = """
import asyncio

async def handle_task(agent, payload):
    text = payload["text"].splitlines()[0]
    if not text.startswith("stamp"):
        return {"text": ", ".join(agent.recall("stamps", []))}
    await asyncio.sleep(1)
    agent.persist("stamps", agent.recall("stamps", []) + [text])
    await asyncio.sleep(0.5)
    return {"text": "There is a " + text}
"""
COMBINED = [
    {"step": 1, "agent": "weather-agent", "task": "today's weather"},
    {"step": 2, "agent": "news-agent", "task": "AI news", "spawn_config": {"description": "News", "code": NEWS}},
    {"step": 3, "agent": "main", "task": "combine them", "depends_on": [1, 2]},
]


class Brain:
    """Makes the steps it was given, answers from results it is shown, and for the rest follows simple rules."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Any]] = []
        self.thinking = 0.0
        """Seconds before it answers one step of a plan."""

    def __call__(self, body: dict[str, Any]) -> Reply:
        if (body.get("tool_choice") or {}).get("name") == "plan":
            return call("plan", {"steps": self.steps})
        said, text = system_text(body), json.dumps(body["messages"])
        if "A plan was carried out" in said:
            found = [word for word in ("12 degrees", "new model", "stamp A", "stamp B", "both in one") if word in text]
            return Answer(f"In short: {', '.join(found)}.", pause=0.01)
        return (
            Answer("both in one", wait=self.thinking) if "one step of a plan" in said else anthropic_brain.think(body)
        )


class Anthropic(AnthropicServer):
    """The stand-in, which can be made to be overloaded for ever."""

    ill = False

    def read(self, request: web.Request, raw: Any) -> dict[str, Any] | Failure:
        return overloaded() if self.ill else super().read(request, raw)


@dataclass
class Scene:
    """The whole system with the demo home and two providers."""

    system: System
    brain: Brain
    anthropic: Anthropic
    openai: OpenAIServer

    def said(self) -> str:
        """Everything that models were sent."""
        servers = (self.anthropic, self.openai)
        return json.dumps([[server.wire, server.requests, server.asides] for server in servers])

    def spawn(self, name: str, code: str) -> None:
        body = {"name": name, "code": code, "description": f"Is {name}"}
        answer = httpx.post(f"{self.system.url}/api/agents", json=body, timeout=60)
        assert answer.is_success, answer.text

    def state(self, entity_id: str) -> str:
        return str(self.system.state_of(entity_id)["state"])


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    brain, openai = Brain(), OpenAIServer()
    anthropic = Anthropic(brain=brain)
    with serving(anthropic, openai):
        settings = {
            "LLM_PROVIDER": "anthropic", "LLM_FALLBACK": "openai", "LLM_MAX_RETRIES": "0",
            "ANTHROPIC_API_KEY": ANTHROPIC_KEY, "ANTHROPIC_BASE_URL": anthropic.url,
            "OPENAI_API_KEY": OPENAI_KEY, "OPENAI_URL": openai.url, "WACTORZ_RESTART_LIMIT": "100",
        }  # fmt: skip
        with started(tmp_path_factory.mktemp("minds") / "state", **settings) as system:
            yield Scene(system, brain, anthropic, openai)


def test_a_wish_is_planned_staffed_carried_out_and_combined(scene: Scene) -> None:
    scene.spawn("weather-agent", WEATHER)
    scene.brain.steps = COMBINED
    heard = listen(scene.system, "coordinate: get the weather and search AI news, then combine them", "plan")
    assert heard.reply["reply"] == "In short: 12 degrees, new model, both in one."
    assert (heard.reply["status"], heard.reply["agent"]) == ("done", "main")
    assert heard.reply["cost_usd"] > 0
    for line in ("Plan of 3 steps", "Step 1 (weather-agent) done", "Step 2 (news-agent) done", "Step 3 (main) done"):
        assert line in heard.text
    assert heard.text.index("Step 3 (main) begins") > heard.text.index("Step 2 (news-agent) done")
    [plan] = scene.system.get("/api/plans")
    assert [step["status"] for step in plan["steps"]] == ["done"] * 3
    assert not any(step["by_model"] for step in plan["steps"])


def test_a_rule_that_the_model_writes_asks_first(scene: Scene) -> None:
    proposed = scene.system.say(STUFFY, session="stuffy")
    assert proposed["status"] == "waiting", proposed
    [rule] = scene.system.get("/api/rules")
    assert rule["status"] == "proposed"
    agreed = scene.system.say("yes", session="stuffy")
    assert agreed["status"] == "done", agreed
    assert rule_made(agreed["reply"]) == rule["rule_id"]
    assert scene.system.get("/api/rules")[0]["status"] == "active"
    assert scene.system.run("home", "set", "sensor.kitchen_temperature", "31").code == 0
    eventually(lambda: scene.state("climate.kitchen_air_conditioner") != "off", 10, "the air conditioner")
    scene.system.say(f"/rules delete {rule['rule_id']}", session="stuffy")


# -- stopped ----------------------------------------------------------------------------------------------------------

AND_THEN = ToolUse(
    "call_services", {"calls": [{"domain": "light", "service": "turn_on", "entity_id": ["light.office_light"]}]}
)


@pytest.mark.parametrize("way", ["stop", "gone"])
def test_an_answer_that_is_stopped_ends_at_the_provider_and_does_nothing_more(scene: Scene, way: str) -> None:
    system, server = scene.system, scene.anthropic
    left, estimated, begun = server.left, _estimated(system), threading.Event()
    scene.system.say("turn off the office light", session=way)
    server.script([Answer(STORY, tools=(AND_THEN,), pause=0.02)])

    def at_piece(_heard: Heard) -> bool:
        begun.set()
        return way == "gone"

    with ThreadPoolExecutor(1) as pool:
        listening = pool.submit(listen, system, "tell me a long story about lamps, please", way, at_piece)
        assert begun.wait(20)
        if way == "stop":
            assert system.say("/stop", session=way)["status"] == "done"
        heard = listening.result(20)
    eventually(lambda: server.left == left + 1, 10, "the provider seeing that nobody listens")
    if way == "stop":
        assert heard.reply["status"] == "stopped", heard.reply
        assert "Stopped" in heard.reply["reply"]
    assert not server.bills[-1].whole
    assert len(heard.text) < len(STORY)
    eventually(lambda: _estimated(system) == estimated + 1, 10, "the call being settled by an estimate")
    assert all(budget["held_usd"] == 0 for budget in system.get("/api/cost")["budgets"])
    assert scene.state("light.office_light") == "off"
    assert system.say("is the office light on?", session=way)["source"] == "rules"


def _estimated(system: System) -> int:
    return sum(line["estimated_calls"] for line in system.get("/api/cost")["lines"])


# -- kept secret ------------------------------------------------------------------------------------------------------


def test_what_is_secret_is_in_the_vault_and_nowhere_else(scene: Scene) -> None:
    mark, bot = secrets.token_hex(12), f"99887766:{secrets.token_urlsafe(27)}"[:44]
    token = f"ghp_{secrets.token_hex(18)}"
    address = f"https://hooks.slack.com/services/T0AB1CD2E/B0AB1CD2E/{mark}"
    scene.anthropic.script(["I will keep that in mind.", "So be it.", "You told me already."])
    replies = [
        scene.system.say(f"here is my place for messages: {address}", session="vault")["reply"],
        scene.system.say(f"for the printer you will need the api token {token} one day", session="vault")["reply"],
        scene.system.say("what have I told you so far about the printer?", session="vault")["reply"],
        scene.system.say(f"/webhook telegram https://api.telegram.org/bot{bot}/sendMessage?chat_id=1", session="vault")[
            "reply"
        ],
    ]
    assert "secret:" in scene.said()
    references = set(re.findall(r"secret:[a-z0-9-]+", "".join(replies)))
    [vault] = [path for path in _files(scene.system.state_dir) if path.name == "vault.json"]
    assert len(references) == 3
    assert all(reference in vault.read_text() for reference in references)
    assert vault.stat().st_mode & 0o077 == 0
    for secret in (mark, token, bot):
        assert secret not in scene.said()
        assert secret not in "".join(replies)
        assert secret not in httpx.get(f"{scene.system.url}/api/logs?lines=1000", timeout=10).text
        holding = [path for path in _files(scene.system.state_dir) if secret.encode() in path.read_bytes()]
        assert set(holding) <= {vault}


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


# -- killed -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("victim", "step"), [("main", 1), ("main", 2), ("llm", 1), ("llm", 3), ("planner", 1), ("planner", 2)]
)
def test_a_plan_survives_a_death_and_does_nothing_twice(scene: Scene, victim: str, step: int) -> None:
    if not any(actor["name"] == "stamper" for actor in scene.system.get("/api/actors")):
        scene.spawn("stamper", STAMPER)
    mark, killed = f"{victim} {step}", list[int]()
    wanted = [f"stamp A of {mark}", f"stamp B of {mark}"]
    scene.brain.thinking = 0.5
    scene.brain.steps = [
        {"step": 1, "agent": "stamper", "task": wanted[0]},
        {"step": 2, "agent": "stamper", "task": wanted[1], "depends_on": [1]},
        {"step": 3, "agent": "main", "task": "combine them", "depends_on": [1, 2]},
    ]

    def at_piece(heard: Heard) -> bool:
        if not killed and f"Step {step} (" in heard.text and "begins" in heard.text.partition(f"Step {step} (")[2]:
            killed.append(scene.system.kill(victim))
        return False

    heard = listen(scene.system, f"coordinate: put two stamps for {mark} and tell of them", mark, at_piece)
    assert killed
    eventually(lambda: scene.system.pids()[victim] not in killed, 30, f"another {victim}")
    assert [stamp for stamp in _stamps(scene) if stamp.endswith(mark)] == wanted
    assert (heard.reply["status"], heard.reply["agent"]) == ("done", "main"), heard.reply
    assert heard.reply["reply"].startswith("In short: stamp A, stamp B"), heard.reply


def _stamps(scene: Scene) -> list[str]:
    def told() -> dict[str, Any] | None:
        answer = scene.system.say("@stamper report", session="stamps")
        return answer if answer["status"] == "done" else None

    return str(eventually(told, 20, "the stamps")["reply"]).split(", ")


# -- refused ----------------------------------------------------------------------------------------------------------


def test_where_one_provider_fails_the_next_one_answers_and_it_is_said(scene: Scene) -> None:
    scene.openai.script([PARIS])
    scene.anthropic.ill = True
    try:
        answer = scene.system.say(CAPITAL, session="fails over")
    finally:
        scene.anthropic.ill = False
    assert answer["status"] == "done", answer
    assert PARIS in answer["reply"]
    notice = answer["reply"].replace(PARIS, "")
    assert "openai" in notice.lower(), answer["reply"]
    assert "anthropic" in notice.lower()
    assert "overloaded" in notice.lower()


def test_a_budget_that_is_used_up_is_said_and_the_grammar_goes_on(tmp_path: Path) -> None:
    server = AnthropicServer()
    with serving(server):
        settings = {"ANTHROPIC_API_KEY": ANTHROPIC_KEY, "ANTHROPIC_BASE_URL": server.url}
        with started(tmp_path / "state", LLM_COST_LIMIT_USD="0.000001", **settings) as system:
            answer = system.say(CAPITAL)
            assert answer["status"] == "failed", answer
            assert "used up" in answer["reply"]
            assert server.attempts == 0
            lit = system.say("turn on the kitchen light")
            assert (lit["status"], lit["source"]) == ("done", "rules")
            assert system.state_of("light.kitchen_light")["state"] == "on"
            assert "0 tokens, $0.00" in system.say("/cost")["reply"]
