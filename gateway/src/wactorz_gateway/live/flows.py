"""Who speaks to whom: told from topics and from who signed a message, never from what it says."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from wactorz_common.bus import SENDER
from wactorz_common.contracts.chat import CHAT_IN, CHAT_OUT, CHAT_PIECES
from wactorz_common.contracts.guests import FREE
from wactorz_common.contracts.lifecycle import MANIFEST, AgentManifest
from wactorz_common.contracts.live import Flow, Flows
from wactorz_common.contracts.tasks import TASK, TASK_OF_ONE, TASK_REPLY
from wactorz_common.errors import ContractError
from wactorz_common.rights import allows, matches

OVERHEARD: tuple[str, ...] = (
    TASK.filter(), TASK_OF_ONE.filter(), TASK_REPLY.filter(), CHAT_IN.filter(), CHAT_OUT.filter(),
    CHAT_PIECES.filter(), *FREE,
)  # fmt: skip
"""What is listened to while somebody looks at flows, besides what is listened to anyway."""

USER = "user"
"""How a person is called in flows."""

MOST_FLOWS, MOST_TOLD = 1_000, 200
_MOST_QUESTIONS, _MOST_LISTENERS, _TOPICS_KNOWN = 2_000, 8, 2_000

Key = tuple[str, str, str, str]
"""Sender, receiver, kind and topic."""


class Listeners:
    """Who listens to a topic, as manifests say."""

    def __init__(self) -> None:
        self._agents: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._known: dict[str, tuple[str, ...]] = {}

    def take(self, topic: str, data: bytes) -> None:
        """Take in what may be a manifest, or the end of one."""
        found = MANIFEST.match(topic)
        if found is None:
            return
        self._known.clear()
        self._agents.pop(found["agent_id"], None)
        try:
            manifest = AgentManifest.decode(data)
        except ContractError:
            return  # it was withdrawn, or whoever hears it by contract reports it
        self._agents[found["agent_id"]] = (manifest.name, manifest.subscribes)

    def of(self, topic: str) -> tuple[str, ...]:
        """The names of those who listen to a topic, at most a few."""
        known = self._known.get(topic)
        if known is None:
            if len(self._known) >= _TOPICS_KNOWN:
                self._known.clear()
            names = {name for name, filters in self._agents.values() if any(matches(one, topic) for one in filters)}
            known = self._known[topic] = tuple(sorted(names))[:_MOST_LISTENERS]
        return known


class FlowCounter:
    """Counts messages by who speaks to whom. `name_of` gives the name of the agent with an id, or nothing."""

    def __init__(self, name_of: Callable[[str], str]) -> None:
        self.listeners = Listeners()
        self._name_of = name_of
        self._counts: Counter[Key] = Counter()
        self._asked: OrderedDict[bytes, str] = OrderedDict()
        self._left_out = 0

    def hear(self, topic: str, properties: dict[str, Any]) -> None:
        """Count a message; what it says is not looked at."""
        for key in self._keys(topic, properties):
            if key in self._counts or len(self._counts) < MOST_FLOWS:
                self._counts[key] += 1
            else:
                self._left_out += 1

    def report(self, now: float) -> Flows | None:
        """What was counted since the last report; None when there was nothing."""
        ranked = self._counts.most_common()
        left_out = self._left_out + sum(count for _, count in ranked[MOST_TOLD:])
        self._counts.clear()
        self._left_out = 0
        if not ranked:
            return None
        flows = tuple(
            Flow.model_validate({"sender": key[0], "receiver": key[1], "kind": key[2], "topic": key[3], "count": count})
            for key, count in ranked[:MOST_TOLD]
        )
        return Flows(timestamp=now, flows=flows, left_out=left_out)

    def _keys(self, topic: str, properties: dict[str, Any]) -> Iterable[Key]:
        if topic.startswith("agents/by-name/"):
            return self._spoken_to(topic, properties)
        if topic.startswith("io/chat"):
            return self._chat(topic, properties)
        said = CHAT_OUT.match(topic)
        if said is not None:
            return ((self._name_of(said["agent_id"]), USER, "chat", topic),)
        if allows(FREE, topic):
            sender = self._sender(properties)
            others = [one for one in self.listeners.of(topic) if one != sender]
            return tuple((sender, one, "event", topic) for one in others or ("",))
        return ()

    def _spoken_to(self, topic: str, properties: dict[str, Any]) -> Iterable[Key]:
        sender = self._sender(properties)
        question = bytes((properties.get("correlation_data") or (b"",))[0])
        replied = TASK_REPLY.match(topic)
        if replied is not None:
            asker = replied["agent_name"]
            sender = sender or self._asked.pop(question, "")
            return ((sender, asker, "reply", topic.rpartition("/")[0]),)
        task = TASK.match(topic) or TASK_OF_ONE.match(topic)
        if task is None:
            return ()
        if question:
            self._remember(question, task["agent_name"])
        return ((sender, task["agent_name"], "task", topic),)

    def _chat(self, topic: str, properties: dict[str, Any]) -> Iterable[Key]:
        if CHAT_PIECES.match(topic) is not None:
            return ((self._sender(properties), USER, "chat", topic.rpartition("/")[0]),)
        return ((USER, "io-agent", "chat", topic),) if topic == CHAT_IN.topic() else ()

    def _remember(self, question: bytes, asked: str) -> None:
        self._asked[question] = asked
        if len(self._asked) > _MOST_QUESTIONS:
            self._asked.popitem(last=False)

    def _sender(self, properties: dict[str, Any]) -> str:
        signed = next((value for key, value in properties.get("user_property", ()) if key == SENDER), "")
        return self._name_of(signed.rpartition(" ")[0]) if signed else ""
