"""Every node as its heartbeats show it; pure, time is passed in."""

from dataclasses import dataclass, field

from wactorz_common.contracts.nodes import NodeHeartbeat
from wactorz_common.contracts.spawning import NodeReport
from wactorz_monitor.roster import LOCAL_NODE

ONLINE_SECONDS = 30.0
"""A node that was not heard for longer is offline."""

_GUEST_EXECUTORS = ("shared", "docker")
_SERVICES_ONLY = "docker"
"""Runtime of a node that is the containers of the services: nothing can be spawned there."""


@dataclass
class Machine:
    """One node; `seen` and `since` in monotonic seconds, `seen_at` in epoch seconds."""

    name: str
    is_ours: bool = True
    """Its runner demands signatures, answers with spawn_ack and reports processes; a stand-alone one does not."""
    seen: float = float("-inf")
    seen_at: float = 0.0
    since: float = 0.0
    """When this run of its runner was first heard."""
    status: str = "offline"
    pid: int = 0
    agents: frozenset[str] = frozenset()
    states: dict[str, str] = field(default_factory=dict)
    """Process name to state."""
    guests: frozenset[str] = frozenset()
    """Spawned agents for certain: what runs in an executor that no service runs in."""
    ended: frozenset[str] = frozenset()
    """Agents that ended by their own wish."""
    runtime: str = ""
    version: str = ""
    refusals: int = 0

    @property
    def takes_agents(self) -> bool:
        """Whether agents can be spawned on it."""
        return self.runtime != _SERVICES_ONLY

    def is_online(self, now: float) -> bool:
        """Whether it can be told something."""
        return self.status == "online" and now - self.seen < ONLINE_SECONDS

    def runs(self, name: str) -> bool:
        """Whether it looks after this agent now, be it in a pause before a restart."""
        state = self.states.get(name)
        return state != "stopped" if state is not None else name in self.agents


class Machines:
    """All nodes by name."""

    def __init__(self) -> None:
        self._all: dict[str, Machine] = {LOCAL_NODE: Machine(LOCAL_NODE)}

    def know(self, name: str, *, is_ours: bool, seen_at: float = 0.0) -> Machine:
        """A node that was known before this start, or is heard for the first time."""
        return self._all.setdefault(name, Machine(name, is_ours=is_ours, seen_at=seen_at))

    def get(self, name: str) -> Machine | None:
        """A node by name."""
        return self._all.get(name)

    def all(self) -> tuple[Machine, ...]:
        """Every node that takes agents; the main machine first, the others by name."""
        found = [machine for machine in self._all.values() if machine.takes_agents]
        return tuple(sorted(found, key=lambda one: (one.name != LOCAL_NODE, one.name)))

    def for_services(self) -> frozenset[str]:
        """Names of what looks like a node and takes no agents."""
        return frozenset(machine.name for machine in self._all.values() if not machine.takes_agents)

    def on_pulse(self, name: str, pulse: NodeHeartbeat, now: float, now_at: float) -> Machine:
        """Note a heartbeat of a runner."""
        machine = self.know(name, is_ours=True)
        machine.is_ours = "processes" in pulse.model_fields_set
        was_away = machine.status != "online" or now - machine.seen > ONLINE_SECONDS
        if pulse.pid != machine.pid or was_away:
            machine.since = now
        machine.seen, machine.seen_at, machine.status, machine.pid = now, now_at, pulse.status, pulse.pid
        machine.agents = frozenset(pulse.agents)
        machine.states = {process.name: process.state for process in pulse.processes}
        machine.ended = frozenset(process.name for process in pulse.processes if process.ended)
        machine.runtime = pulse.runtime or ("node" if machine.is_ours else "runner")
        machine.guests = frozenset(
            p.name for p in pulse.processes if p.executor in _GUEST_EXECUTORS and machine.takes_agents
        )
        machine.version = pulse.version
        return machine

    def reports(self, now: float) -> tuple[NodeReport, ...]:
        """Every node for people."""
        return tuple(
            NodeReport(
                node=one.name, online=one.is_online(now), last_seen=one.seen_at, agents=tuple(sorted(one.agents)),
                runtime=one.runtime, version=one.version,
            )
            for one in self.all()
        )  # fmt: skip
