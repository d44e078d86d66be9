"""What an agent's code may publish and hear; pure. Every refusal names the grant that is missing."""

from wactorz_common.bus import is_topic
from wactorz_common.contracts.guests import FREE, SHARED_STATE, WRITTEN_BY_THE_LIBRARY
from wactorz_common.contracts.lifecycle import CHANNELS as LIFECYCLE
from wactorz_common.contracts.lifecycle import COMMANDS
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.contracts.tasks import TASK, TASK_REPLY
from wactorz_common.rights import allows, covers, guest_rights, is_filter
from wactorz_common.senders import CAREFUL

_TRUSTED_WITH_THE_SENDER = tuple(TASK.topic(agent_name=name) for name in sorted(CAREFUL))
"""Their tasks say truly who sends them, so only `send_to` writes them."""

_OWN_LIFECYCLE = tuple(channel for channel in LIFECYCLE if channel is not COMMANDS)


class Policy:
    """The rights of one agent's own code: its account's, without what only the library says in its name."""

    def __init__(self, spec: SpawnSpec, agent_id: str) -> None:
        rights = guest_rights(spec.name, agent_id, spec.grants, spec.kind)
        self._name, self._grants = spec.name, spec.grants
        self._publish, self._subscribe = rights.publish, rights.subscribe
        self._silent = (*WRITTEN_BY_THE_LIBRARY, *(one.topic(agent_id=agent_id) for one in _OWN_LIFECYCLE))
        self._deaf = (
            TASK.topic(agent_name=spec.name), COMMANDS.topic(agent_id=agent_id),
            TASK_REPLY.filter(agent_name=spec.name),
        )  # fmt: skip

    def problem_of_publish(self, topic: str) -> str:
        """Why the code may not publish there; empty when it may."""
        if not is_topic(topic):
            return f"nothing can be published on {topic[:100]!r}: a topic has no +, no # and is not empty"
        if topic in _TRUSTED_WITH_THE_SENDER and allows(self._publish, topic):
            return f"'{topic}' takes no published messages: use send_to"
        if allows(self._publish, topic) and not allows(self._silent, topic):
            return ""
        if allows(self._silent, topic):
            return f"'{topic}' is written by the system for this agent: publish on a topic of your own"
        return f"'{topic}' may not be published on: {_missing('publish', topic)}"

    def problem_of_subscribe(self, filter_: str) -> str:
        """Why the code may not listen there; empty when it may."""
        if not is_filter(filter_):
            return f"'{filter_[:100]}' is no topic filter"
        if covers(self._subscribe, filter_) and not covers(self._deaf, filter_):
            return ""
        if covers(self._deaf, filter_):
            return f"'{filter_}' is heard by the system for this agent: write handle_task for tasks"
        return f"'{filter_}' may not be listened to: {_missing('subscribe', filter_)}"

    def problem_of_task(self, agent: str) -> str:
        """Why the code may not give that agent a task; empty when it may."""
        if agent == self._name:
            return "an agent does not give itself tasks: call the function"
        if agent in self._grants.agents:
            return ""
        return f"tasks may not be sent to '{agent}': {_missing('agents', agent)}"

    def problem_of_model(self) -> str:
        """Why the code may not ask the language model; empty when it may."""
        return "" if self._grants.model else 'the language model may not be asked: the grant "model": true is missing'


def is_shared_state(topic: str) -> bool:
    """Whether messages there are kept by the broker for those who come later."""
    return allows(SHARED_STATE, topic)


def _missing(kind: str, value: str) -> str:
    free = f"; free for all: {', '.join(FREE)}" if kind != "agents" else ""
    return f'the grant "{kind}": ["{value}"] is missing{free}'
