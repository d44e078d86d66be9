"""What somebody may have done by saying it, through every door of a real gateway: the same as by the routes."""

import asyncio
import contextlib
import json

import aiomqtt
import pytest

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_common.contracts.memory import ERASE_PERSON, Erased, ErasePerson
from wactorz_common.settings import AgentSettings
from wactorz_io_agent.agent import IoAgent
from wactorz_io_agent.settings import IoAgentSettings
from wactorz_testing.agents import running

from .test_accounts import OTHER, client_of, gateway, log_in, set_up, socket_of

pytestmark = pytest.mark.broker


class Rememberer(Agent[AgentSettings]):
    """The planner, which only notes whom it has to forget."""

    name = "planner"
    description = "Notes whom it has to forget"

    async def on_start(self) -> None:
        self.erased: list[str] = []

    @handles(ERASE_PERSON)
    async def on_erase(self, request: ErasePerson, _task: Task) -> Erased:
        self.erased.append(request.person)
        return Erased(text="Forgotten.")


class Listener(Rememberer):
    """Main, which only notes who said what with which standing."""

    name = "main"
    description = "Notes what it heard"

    async def on_start(self) -> None:
        await super().on_start()
        self.heard: list[tuple[str, str, str]] = []
        self.ready = True

    @handles(CHAT)
    async def on_chat(self, request: ChatRequest, _task: Task) -> ChatAnswer:
        self.heard.append((request.text, request.person, request.standing))
        if not self.ready:
            return ChatAnswer(text="I am still getting to know the home.", status="failed", not_ready=True)
        return ChatAnswer(text=f"heard {len(self.heard)}")


@contextlib.asynccontextmanager
async def house(broker, folder):
    """A gateway with an owner, and a client for each kind of caller."""
    async with (
        running(Listener, broker, folder) as main, running(IoAgent, broker, folder, IoAgentSettings),
        gateway(broker, folder) as agent, contextlib.AsyncExitStack() as stack,
    ):  # fmt: skip
        owner = await stack.enter_async_context(client_of(agent))
        await set_up(agent, owner, "ann")
        callers = {"owner": owner}
        for name, role in (("vic", "viewer"), ("uma", "user"), ("ada", "admin")):
            made = await owner.post("/api/people", json={"name": name, "role": role, "password": OTHER})
            assert made.status_code == 201, made.text
            callers[role] = await stack.enter_async_context(client_of(agent))
            assert (await log_in(callers[role], name, OTHER)).is_success
        for scope in ("talk", "control"):
            made = await callers["admin"].post("/api/tokens", json={"label": scope, "scopes": [scope]})
            token = {"authorization": f"Bearer {made.json()['token']}"}
            callers[scope] = await stack.enter_async_context(client_of(agent, headers=token))
        yield agent, main, callers


STANDINGS = (
    ("owner", "ann", "owner"), ("admin", "ada", "admin"), ("user", "uma", "user"), ("control", "ada", "user"),
    ("talk", "ada", "talk"),
)  # fmt: skip


async def test_the_standing_of_the_caller_goes_along_through_every_door(broker, tmp_path):
    async with house(broker, tmp_path) as (agent, main, callers):
        for caller, person, standing in STANDINGS:
            client, claims = callers[caller], {"standing": "owner", "person": "ann"}
            said = [f"{caller} {door}" for door in ("rest", "events", "old", "frame")]
            assert (await client.post("/api/chat", json={"message": said[0], **claims})).json()["reply"]
            events = {"accept": "text/event-stream"}
            assert "reply" in (await client.post("/api/chat", json={"message": said[1], **claims}, headers=events)).text
            assert (await client.post("/chat", json={"message": said[2], **claims})).json()["response"]
            await _say_in_frame(agent, client, {"content": said[3], **claims})
            assert main.heard[-4:] == [(text, person, standing) for text in said]
        assert (await callers["viewer"].post("/api/chat", json={"message": "hello"})).status_code == 403


async def test_a_message_to_one_agent_carries_it_too_and_is_not_for_who_only_talks(broker, tmp_path):
    async with house(broker, tmp_path) as (agent, main, callers):
        while agent.registry.find("main") is None:
            await asyncio.sleep(0.02)
        sent = [await callers[one].post("/api/actors/main/message", json={"content": one}) for one in ("user", "talk")]
        assert [one.status_code for one in sent] == [202, 403]
        async with asyncio.timeout(10):
            while not main.heard:
                await asyncio.sleep(0.02)
        assert main.heard == [("user", "uma", "user")]


async def test_nobody_else_on_the_bus_says_what_somebody_may_do(broker, tmp_path):
    async with house(broker, tmp_path) as (_, main, _callers), aiomqtt.Client(broker.host, broker.port) as client:
        claims = {"content": "hello", "person": "ann", "standing": "owner", "id": "1"}
        await client.publish("io/chat", json.dumps(claims), qos=1)
        async with asyncio.timeout(10):
            while not main.heard:
                await asyncio.sleep(0.02)
        assert main.heard == [("hello", "", "")]


async def test_the_same_key_of_two_callers_is_two_keys(broker, tmp_path):
    key = {"idempotency-key": "k1"}
    async with house(broker, tmp_path) as (_, main, callers):
        first = [
            (await callers[one].post("/api/chat", json={"message": "hi"}, headers=key)).json()
            for one in ("user", "admin", "user")
        ]
        assert (first[0], first[0]["id"] == first[1]["id"]) == (first[2], False)
        assert [person for _, person, _ in main.heard] == ["uma", "ada"]


async def test_a_new_account_of_an_old_name_does_not_inherit_its_keys(broker, tmp_path):
    key = {"idempotency-key": "k1"}
    async with house(broker, tmp_path) as (agent, main, callers):
        before = (await callers["user"].post("/api/chat", json={"message": "hi"}, headers=key)).json()
        async with running(Rememberer, broker, tmp_path):
            assert (await callers["owner"].delete("/api/people/uma")).json()["waits_for"] == []
        body = {"name": "uma", "role": "user", "password": OTHER}
        assert (await callers["owner"].post("/api/people", json=body)).status_code == 201
        async with client_of(agent) as again:
            await log_in(again, "uma", OTHER)
            after = (await again.post("/api/chat", json={"message": "hi"}, headers=key)).json()
        assert before["reply"] != after["reply"]
        assert len(main.heard) == 2


async def test_what_a_deleted_person_said_is_forgotten_even_by_who_was_away_and_the_name_waits_for_that(
    broker, tmp_path
):
    async with house(broker, tmp_path) as (agent, main, callers):
        blob = (
            await callers["user"].post("/api/blobs", content=b"a note", headers={"content-type": "text/plain"})
        ).json()
        await callers["user"].post("/api/chat", json={"message": "my secret plan", "session": "s"})
        await callers["admin"].post("/api/chat", json={"message": "hello", "session": "s"})
        removed = (await callers["owner"].delete("/api/people/uma")).json()
        assert (removed["name"], removed["waits_for"]) == ("uma", ["planner"])
        assert "2 texts and 1 files of uma are forgotten." in removed["forgotten"]
        assert main.erased == ["uma"]
        assert not (tmp_path / "blobs" / f"{blob['id']}.bin").exists()
        body = {"name": "uma", "role": "user", "password": OTHER}
        refused = await callers["owner"].post("/api/people", json=body)
        assert (refused.status_code, "planner has yet to forget" in refused.json()["detail"]) == (409, True)
        async with running(Rememberer, broker, tmp_path) as planner:
            async with asyncio.timeout(60):
                while agent.accounts.erasures:
                    await agent.parts.erasing.round()
                    await asyncio.sleep(0.05)
            assert planner.erased == ["uma"]
        assert (await callers["owner"].post("/api/people", json=body)).status_code == 201
        async with client_of(agent) as again:
            await log_in(again, "uma", OTHER)
            assert (await again.get("/api/chats")).json() == []
        assert len((await callers["admin"].get("/api/chats")).json()) == 2


async def test_that_the_house_is_not_known_yet_is_no_answer_to_keep(broker, tmp_path):
    key = {"idempotency-key": "k1"}
    async with house(broker, tmp_path) as (_, main, callers):
        main.ready = False
        early = (await callers["user"].post("/api/chat", json={"message": "hi"}, headers=key)).json()
        main.ready = True
        later = [
            (await callers["user"].post("/api/chat", json={"message": "hi"}, headers=key)).json() for _ in range(2)
        ]
        assert "getting to know" in early["reply"]
        assert [one["reply"] for one in later] == ["heard 2", "heard 2"]
        turns = (await callers["user"].get("/api/chats")).json()
        assert [turn["content"] for turn in turns] == ["hi", "heard 2"]


async def _say_in_frame(agent, client, frame):
    """Say something over the WebSocket and wait for its answer."""
    names = ("authorization",) if "authorization" in client.headers else ()
    headers = {name: client.headers[name] for name in names}
    if not headers:
        headers = {"cookie": f"wactorz_session={client.cookies['wactorz_session']}"}
    async with socket_of(agent, headers, origin=not names) as socket:
        await socket.send(json.dumps({"type": "chat", **frame}))
        async with asyncio.timeout(10):
            while json.loads(await socket.recv())["type"] not in ("chat", "stream_end"):
                pass
