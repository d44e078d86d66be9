"""An agent of a stand-alone runner asks the model on the one topic that it knows, in MQTT 3.1.1."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from wactorz_common.contracts.llm import CostQuery
from wactorz_llm.agent import LlmAgent
from wactorz_llm.settings import LlmSettings
from wactorz_testing.agents import running
from wactorz_testing.anthropic_replies import Answer, Failure
from wactorz_testing.anthropic_server import TEST_KEY, AnthropicServer
from wactorz_testing.broker import TestBroker

pytestmark = pytest.mark.broker

REPLY = "nodes/attic/reply/0a1b2c3d"


def question(**more: Any) -> bytes:
    body = {"messages": [{"role": "user", "content": "hello"}], "system": "Be brief", "agent": "owl", "node": "attic",
            "_reply_topic": REPLY, "_sig": "ignored", **more}  # fmt: skip
    return json.dumps(body).encode()


async def test_it_is_answered_below_its_own_node_and_nowhere_else(broker: TestBroker, tmp_path: Path) -> None:
    async with AnthropicServer() as model:
        model.script([Answer("Hello, owl."), Failure(401, "authentication_error", "no")])
        key = {"anthropic_api_key": TEST_KEY, "anthropic_base_url": model.url, "llm_provider": ""}
        client = aiomqtt.Client(broker.host, broker.port, protocol=aiomqtt.ProtocolVersion.V311)
        async with running(LlmAgent, broker, tmp_path, LlmSettings, **key) as llm, client:
            await client.subscribe("nodes/#", 1)
            for place in ("nodes/cellar/reply/1", "nodes/attic/spawn", "io/chat"):
                await client.publish("main/llm_request", question(_reply_topic=place), 1)
            await client.publish("main/llm_request", question(), 1)
            first = await heard(client)
            assert first["text"] == "Hello, owl."
            assert first["usage"]["output_tokens"] > 0
            assert len(model.requests) == 1, "what names a foreign place is not even asked"
            await client.publish("main/llm_request", question(_task_id="t2"), 1)
            second = await heard(client)
            assert second["_task_id"] == "t2"
            assert second["error"]
            await client.publish("main/llm_request", question(messages=[]), 1)
            assert "asked nothing" in (await heard(client))["error"]
            report = await llm.get_costs(CostQuery(by="agent"), None)  # type: ignore[arg-type]
    assert [line.agent for line in report.lines] == ["owl@attic"]


async def heard(client: aiomqtt.Client) -> dict[str, Any]:
    async with asyncio.timeout(10):
        async for message in client.messages:
            assert str(message.topic) == REPLY
            body: dict[str, Any] = json.loads(bytes(message.payload))
            return body
    raise AssertionError
