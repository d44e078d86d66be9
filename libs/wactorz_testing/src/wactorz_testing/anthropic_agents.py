"""How the stand-in for Anthropic asks for an agent: the specification that it makes of a sentence."""

import json
import re
from typing import Any

from wactorz_testing.anthropic_replies import Answer, call

AS_BLOCK = "as a block"
"""Words of a sentence that make the stand-in write a block instead of calling a tool."""

_ASKED = re.compile(r"\b(make|create|spawn|start|write|build)\b.*\bagent\b", re.IGNORECASE | re.DOTALL)
_CALLED = re.compile(r"\b(?:called|named)\s+([a-z0-9][a-z0-9-]*)", re.IGNORECASE)
_TOPIC = re.compile(r"\b[a-z]+(?:/[\w#+-]+)+", re.IGNORECASE)
_HOST = re.compile(r"\b(?:call|calls|fetch from|ask)\s+((?:[a-z0-9-]+\.)+[a-z]{2,})", re.IGNORECASE)
_PACKAGE = re.compile(r"\bpackages?\s+([a-z0-9-]+)", re.IGNORECASE)
_FREE = ("custom/", "home/", "sensors/", "synapse/")

_CODE = """async def setup(agent):
    agent.state["count"] = agent.recall("count", 0)

    async def on_message(data):
        agent.state["count"] += 1
        agent.persist("count", agent.state["count"])
        await agent.publish("custom/{name}/count", {{"count": agent.state["count"]}})

    agent.subscribe("{topic}", on_message)


async def handle_task(agent, payload):
    return {{"text": f"{{agent.state['count']}} messages so far", "count": agent.state["count"]}}
"""


def wanted(sentence: str) -> dict[str, Any] | None:
    """The agent that a sentence asks for: it counts the messages of a topic; None when it asks for none.

    Named hosts, packages and topics that are not free become grants and packages.
    """
    if not _ASKED.search(sentence):
        return None
    called, topic = _CALLED.search(sentence), _TOPIC.search(sentence)
    name, heard = called[1].lower() if called else "counter", topic[0] if topic else "custom/things"
    grants: dict[str, Any] = {}
    if not heard.startswith(_FREE):
        grants["subscribe"] = [heard]
    if hosts := _HOST.findall(sentence):
        grants["http"] = hosts
    packages = _PACKAGE.findall(sentence)
    spec = {
        "name": name, "description": f"Counts the messages on {heard}", "subscribes": [heard],
        "publishes": [f"custom/{name}/count"], "code": _CODE.format(name=name, topic=heard),
    }  # fmt: skip
    return spec | ({"grants": grants} if grants else {}) | ({"install": packages} if packages else {})


def spawn(spec: dict[str, Any], *, as_block: bool) -> Answer:
    """The answer that asks for an agent; in a block the code stands between back quotes, as models like to write it."""
    if not as_block:
        return call("spawn_agent", spec, "I have it made.")
    rest = json.dumps({key: value for key, value in spec.items() if key != "code"})
    block = f'<spawn>{rest[:-1]}, "code": `{spec["code"]}`}}</spawn>'
    return Answer(f"I write it down.\n{block}\nAsk it with @{spec['name']}.")
