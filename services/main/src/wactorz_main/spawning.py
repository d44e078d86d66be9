"""Agents that the model may have spawned: what it is told of them, and the check of what it asks for; pure."""

import json
from typing import Any

from wactorz_common.briefing import specification_fields
from wactorz_common.contracts.guests import EXAMPLE_TOPIC, FREE, FREE_TO_HEAR
from wactorz_common.contracts.llm import Tool
from wactorz_common.contracts.spawning import SpawnResult, SpawnSpec
from wactorz_common.errors import ContractError
from wactorz_main.german import phrase

SPAWN_AGENT = "spawn_agent"

PROPOSER = "main"
"""Who asks: what a model wants needs a person's yes where a person's own command does not."""

_FIELDS = (
    "name", "type", "description", "code", "system_prompt", "poll_interval", "install", "grants", "node", "replace",
    "capabilities", "input_schema", "output_schema", "publishes", "subscribes", "triggers_when", "produces_schema",
    "consumes_schema",
)  # fmt: skip
_TEXTS = {"type": "array", "items": {"type": "string"}}

SECTION = (
    f"For work that must go on by itself and is more than one rule (counting, watching, combining, fetching, a persona "
    f"to talk to), use {SPAWN_AGENT}, only when the person asks for it. Its code is Python in a sandbox with any of: "
    "async setup(agent); async process(agent), called every poll_interval seconds; async handle_task(agent, payload) "
    "-> dict, for what is said to @name ({'text': ...} or the JSON typed); async cleanup(agent). "
    "agent offers: await publish(topic, data), subscribe(topic, callback) with async callback(data), "
    "window(topic, seconds), persist(key, value), recall(key, default), state (a dict), await log(text), "
    "await alert(text), await send_to(name, payload), await mqtt_get(topic), await http.get(url), "
    "await llm.chat(prompt). Standard library only; no files, sockets or processes; it moves no devices. "
    f"Topics free for all: {' '.join(FREE)}; to hear also {' '.join(sorted(set(FREE_TO_HEAR) - set(FREE)))} "
    "(state in data['new_state']['state']). Anything else (grants, install) waits for the person's approval: ask for "
    "no more than is needed. Example: "
    '{"name": "doorbell-counter", "description": "Counts rings", "code": "async def setup(agent):\\n'
    "    agent.state['n'] = agent.recall('n', 0)\\n    async def ring(data):\\n        agent.state['n'] += 1\\n"
    "        agent.persist('n', agent.state['n'])\\n"
    f"    agent.subscribe('{EXAMPLE_TOPIC}', ring)\\n\\n"
    "async def handle_task(agent, payload):\\n    return {'text': f\\\"{agent.state['n']} rings\\\"}\"}. "
    "Without tools, write the same object as <spawn>{...}</spawn>. "
)  # fmt: skip

TOOL = Tool(
    name=SPAWN_AGENT,
    description="Have a new agent run: Python code in a sandbox, or a persona by system_prompt. Devices are not moved.",
    parameters={
        "type": "object",
        "required": ["name", "description"],
        "properties": {
            "name": {"type": "string", "description": "a-z, 0-9 and hyphens"},
            "description": {"type": "string"},
            "code": {"type": "string", "description": "Python source"},
            "system_prompt": {"type": "string", "description": "Instead of code: who the agent is"},
            "poll_interval": {"type": "number", "description": "Seconds between two calls of process"},
            "publishes": _TEXTS,
            "subscribes": _TEXTS,
            "install": {**_TEXTS, "description": "Packages by name; needs the person's approval"},
            "grants": {
                "type": "object",
                "description": "Needs the person's approval; leave out what is not needed",
                "properties": {
                    "publish": _TEXTS, "subscribe": _TEXTS, "http": {**_TEXTS, "description": "Hosts"},
                    "agents": _TEXTS, "model": {"type": "boolean"},
                },
            },
            "replace": {"type": "boolean", "description": "Replace the agent of this name"},
        },
    },
)  # fmt: skip


def read_spec(arguments: dict[str, Any]) -> tuple[SpawnSpec | None, str]:
    """The agent that the model wants, or what is wrong with it in words it can mend; never both."""
    wanted = specification_fields(arguments, _FIELDS)
    try:
        spec = SpawnSpec.decode(json.dumps({**wanted, "_proposed_by": PROPOSER}))
    except (ContractError, ValueError, RecursionError) as error:
        return None, str(error).removeprefix("not a valid SpawnSpec: ")
    if not spec.code.strip() and not spec.system_prompt.strip():
        return None, "'code' is missing: give Python source, or a 'system_prompt' for a persona"
    return spec, ""


def asks(spec: SpawnSpec) -> str:
    """What an agent wants beyond what is free, in words; empty when it wants nothing more."""
    grants = spec.grants
    parts = [
        phrase("install {names}", names=", ".join(spec.install)) if spec.install else "",
        phrase("publish on {names}", names=", ".join(grants.publish)) if grants.publish else "",
        phrase("listen to {names}", names=", ".join(grants.subscribe)) if grants.subscribe else "",
        phrase("call {names}", names=", ".join(grants.http)) if grants.http else "",
        phrase("give tasks to {names}", names=", ".join(grants.agents)) if grants.agents else "",
        phrase("ask the language model, which may cost money") if grants.model else "",
    ]
    return "; ".join(filter(None, parts))


def approval_text(spec: SpawnSpec, result: SpawnResult) -> str:
    """What exactly is asked of the person, and how to answer."""
    more = asks(spec)
    why = phrase("it wants to {what}", what=more) if more else phrase("whoever asked for it may not start agents")
    return phrase(
        "{name} needs an admin's approval, because {why}. Nothing was started. {told}.\n"
        "As an admin answer yes or no here, or have one type /approve {id} or /deny {id}.",
        name=spec.name, why=why, told=result.text.rstrip(". "), id=result.approval_id,
    )  # fmt: skip
