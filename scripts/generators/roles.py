"""The broker accounts of compose: what each shipped service may send and hear, from what it declares."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from generators import tables
from wactorz_common.contracts import Channel
from wactorz_common.contracts.chat import CHAT_IN, CHAT_PIECES, CHAT_RESPONSE, CHOICES
from wactorz_common.contracts.guests import AGENT_DATA, FREE, FREE_TO_HEAR, OBSERVED
from wactorz_common.contracts.lifecycle import ALERT, COMMANDS, ERRORS, HEARTBEAT, LOGS, MANIFEST, STATUS
from wactorz_common.contracts.lifecycle import CHANNELS as LIFECYCLE
from wactorz_common.contracts.nodes import (
    NODE_AGENTS,
    NODE_EVENTS,
    NODE_HEARTBEAT,
    NODE_LIST,
    NODE_MIGRATE,
    NODE_MIGRATE_RESULT,
    NODE_RESTART_AGENT,
    NODE_SPAWN,
    NODE_SPAWN_ACK,
    NODE_STATE_RETURN,
    NODE_STOP,
    NODE_STOP_ALL,
)
from wactorz_common.contracts.rules import RULE_TOPICS
from wactorz_common.contracts.system import DEAD_LETTER
from wactorz_common.contracts.tasks import TASK, TASK_OF_ONE, TASK_REPLY
from wactorz_common.handlers import HandlerTable
from wactorz_common.rights import Rights, covers, service_rights
from wactorz_gateway.live.flows import OVERHEARD
from wactorz_gateway.live.visible import VISIBLE

AGENT_ID, INSTALL_ID, NAME = "{agent_id}", "{install_id}", "{name}"
"""Filled in where the accounts are made."""

NODE = "local"
"""Name of the node runner of compose."""

ABOUT_OTHERS: dict[str, tuple[Channel[Any], ...]] = {
    "gateway": (COMMANDS, TASK_OF_ONE, CHOICES),
    "monitor": (
        ALERT, COMMANDS, MANIFEST, STATUS, NODE_SPAWN, NODE_STOP, NODE_STOP_ALL, NODE_RESTART_AGENT, NODE_MIGRATE,
        NODE_LIST,
    ),
}  # fmt: skip
"""Channels on which a service speaks about other agents, or to them."""

HEARD: dict[str, tuple[Channel[Any], ...]] = {
    "monitor": (AGENT_DATA, NODE_SPAWN_ACK, NODE_AGENTS, NODE_MIGRATE_RESULT, NODE_STATE_RETURN),
}
"""Channels that a service listens to without a handler that says so."""

HEARD_AT_RUN_TIME: dict[str, tuple[str, ...]] = {"planner": RULE_TOPICS}
"""Filters within which a service listens to topics that are known at run time only."""

SPEAKS_FREELY = ("gateway",)
"""Services through which people publish on the free topics."""

OBSERVES: dict[str, tuple[str, ...]] = {"topics": (*OBSERVED, MANIFEST.filter())}
"""Topic filters that a service listens to whatever is said there."""

WHO_BELIEVE_THE_SENDER = (
    "gateway", "home-assistant-actuator", "home-assistant-agent", "io-agent", "main", "monitor", "notifier",
    "planner",
)  # fmt: skip
"""Their tasks say who sends them, and some senders speak for people: only accounts of our own may write them."""

MONEY = "llm"
"""Keeps the budgets. Those who run agents of their own ask it, so only the programs of people are kept from it."""

EAR = "gateway-ear"

WITHOUT_ACCOUNT = ("dynamic_agent",)
"""Hosts agents that have accounts of their own."""


def render() -> str:
    """The accounts and the kinds of account, as JSON."""
    shipped = [tables.agent_class(folder) for folder in tables.folders() if folder.name not in WITHOUT_ACCOUNT]
    accounts = {agent.name: _service(agent) for agent in shipped}
    accounts |= {"node": _node(), "native": _native(), "monitor-accounts": _administrator()}
    accounts["healthcheck"], accounts[EAR] = _healthcheck(), _ear()
    kinds = {"observer": _observer(), "client": _client(), "node": _foreign_node(), "service": _any_service()}
    return json.dumps({"accounts": accounts, "kinds": kinds}, indent=1) + "\n"


def stamp(compose: Path) -> str:
    """The compose file with the present digest of the rights, so that other rights mean another broker container."""
    digest = hashlib.sha256(render().encode()).hexdigest()[:16]
    return re.sub(r"(wactorz\.roles: )\w+", rf"\g<1>r{digest}", compose.read_text())


def _service(agent: Any) -> dict[str, Any]:
    heard = tuple(one.channel.filter(**one.params) for one in HandlerTable.of(agent).heard)
    heard += tuple(channel.filter() for channel in HEARD.get(agent.name, ()))
    heard += HEARD_AT_RUN_TIME.get(agent.name, ())
    heard += OBSERVES.get(agent.name, ())
    speaks = (*agent.publishes, *ABOUT_OTHERS.get(agent.name, ()))
    rights = service_rights(agent.name, AGENT_ID, speaks, heard)
    if agent.name in SPEAKS_FREELY:
        rights = Rights((*rights.publish, *FREE), rights.subscribe)
    return _account(rights, f"wactorz-agent-{INSTALL_ID}-{agent.name}")


def _node() -> dict[str, Any]:
    about = tuple(channel.filter() for channel in (STATUS, ERRORS, ALERT, LOGS))
    rights = Rights(
        (f"nodes/{NODE}/#", *about, DEAD_LETTER.topic(service=NODE)),
        (f"nodes/{NODE}/#", HEARTBEAT.filter(), TASK_REPLY.filter(agent_name=NODE)),
    )
    return _account(rights, f"wactorz-node-{INSTALL_ID}-{NODE}")


def _administrator() -> dict[str, Any]:
    return _account(Rights(("$CONTROL/dynamic-security/#",), ("$CONTROL/dynamic-security/#",)), "")


def _healthcheck() -> dict[str, Any]:
    return _account(Rights((), ("$SYS/broker/uptime",)), "healthcheck")


def _ear() -> dict[str, Any]:
    """The gateway's second connection, which hears what browsers are shown and who speaks to whom, and says nothing."""
    heard = tuple(dict.fromkeys((*VISIBLE, *OVERHEARD)))
    return _account(Rights((), heard), f"wactorz-agent-{INSTALL_ID}-gateway-live")


def _native() -> dict[str, Any]:
    """All services on one machine, as they are without containers: they share an account."""
    return _account(Rights(("#",), ("#",)), "")


def _observer() -> dict[str, Any]:
    return _account(Rights((), _READABLE), "")


def _client() -> dict[str, Any]:
    """A program of a person's own: what it may do with a task is spawn, and the monitor asks whom it must."""
    sends = (CHAT_IN.topic(), TASK.filter())
    hears = (*_READABLE, TASK_REPLY.filter(agent_name=NAME), f"main/reply/{NAME}/#")
    return _account(Rights(sends, hears), "", deny=(*_guarded(except_for="monitor"), *_inboxes(MONEY)))


def _foreign_node() -> dict[str, Any]:
    """As the wire contract has it; commands, spawns and what only people may say stay out of its reach and hearing."""
    both = (f"nodes/{NAME}/#", "agents/#", *FREE, "schedule/#")
    asks = ("main/llm_request", "main/history_request", "main/reply/#")
    rights = Rights((*both, *asks), (*both, "homeassistant/state_changes/#"))
    answers = tuple(TASK_REPLY.filter(agent_name=name) for name in WHO_BELIEVE_THE_SENDER)
    return _account(rights, "", deny=(COMMANDS.filter(), *_guarded()), deaf=(*_guarded(), *answers))


def _any_service() -> dict[str, Any]:
    """A service of one's own, which may run several times."""
    own = tuple(channel.filter() for channel in LIFECYCLE if channel is not COMMANDS)
    task = TASK.topic(agent_name=NAME)
    sends = (*own, DEAD_LETTER.topic(service=NAME), TASK.filter(), TASK_REPLY.filter(), *FREE)
    hears = (
        COMMANDS.filter(), task, f"$share/+/{task}", TASK_OF_ONE.filter(agent_name=NAME),
        TASK_REPLY.filter(agent_name=NAME), HEARTBEAT.filter(),
        *FREE_TO_HEAR,
    )  # fmt: skip
    return _account(Rights(sends, hears), "", deny=_guarded())


def _guarded(except_for: str = "") -> tuple[str, ...]:
    """The inboxes of those who believe what a task says of its sender, also those of single replicas."""
    return tuple(topic for name in WHO_BELIEVE_THE_SENDER if name != except_for for topic in _inboxes(name))


def _inboxes(name: str) -> tuple[str, ...]:
    """Where an agent takes tasks."""
    return TASK.topic(agent_name=name), TASK_OF_ONE.filter(agent_name=name)


def _account(rights: Rights, client_id: str, deny: tuple[str, ...] = (), deaf: tuple[str, ...] = ()) -> dict[str, Any]:
    entry: dict[str, Any] = {"client_id": client_id} if client_id else {}
    entry |= {"publish": list(rights.publish), "subscribe": list(rights.subscribe)}
    entry |= {"deny_publish": list(deny)} if deny else {}
    return entry | ({"deny_receive": list(deaf)} if deaf else {})


_SEEN = (
    "agents/+/+", AGENT_DATA.filter(), "system/#", "homeassistant/#", "schedule/#", CHAT_RESPONSE.topic(),
    CHAT_PIECES.filter(), NODE_HEARTBEAT.filter(), NODE_EVENTS.filter(),
)  # fmt: skip
_READABLE = tuple(one for one in (*_SEEN, *FREE) if not covers(tuple(x for x in _SEEN if x != one), one))
