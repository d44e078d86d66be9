"""What the monitor knows of every agent, built from what it hears; pure, time is passed in (monotonic seconds)."""

from dataclasses import dataclass, field

from wactorz_common.contracts.lifecycle import AgentError, AgentState, AgentStatus, Heartbeat
from wactorz_common.contracts.nodes import NodeEvent, NodeHeartbeat

LOCAL_NODE = "local"
"""The node of agents that name none."""


@dataclass(slots=True)
class Watched:
    """One agent.

    `down`: its runner knows it to be dead and sees to it. `stopped`: a person wants it to rest; an agent that ends in
    good order also reports the state stopped, but its heartbeat never does.
    """

    id: str
    name: str
    node: str
    state: str = AgentState.CREATED
    pid: int = 0
    last_seen: float = 0.0
    overdue: tuple[str, ...] = ()
    overdue_beats: int = 0
    errors: int = 0
    error_phase: str = ""
    down: bool = False
    quarantined: bool = False
    stopped: bool = False
    acted_at: float = float("-inf")
    """When a restart was last asked for."""
    warned: bool = False
    replica: str = ""
    """Which one it is of several that share the name."""


@dataclass
class Roster:
    """All agents by id, and which node runs which process."""

    agents: dict[str, Watched] = field(default_factory=dict)
    by_name: dict[str, Watched] = field(default_factory=dict)
    placed: dict[str, str] = field(default_factory=dict)
    """Process name to the node whose runner supervises it."""
    nodes: dict[str, float] = field(default_factory=dict)
    """Node to when it was last heard."""
    heard_at: float = 0.0
    """When any agent was last heard."""

    def add(self, agent: Watched) -> Watched:
        """Take up an agent; one of the same name under an older id gives way, unless it is another replica."""
        for other in [
            one for one in self.agents.values() if one.name == agent.name and one.replica in ("", agent.replica)
        ]:
            if other.id != agent.id:
                self.agents.pop(other.id, None)
        self.agents[agent.id] = self.by_name[agent.name] = agent
        return agent

    def on_heartbeat(self, beat: Heartbeat, now: float) -> bool:
        """Note a heartbeat; true when it tells something new."""
        agent = self.agents.get(beat.actor_id)
        if agent is None:
            agent = self.add(Watched(beat.actor_id, beat.name, beat.node or LOCAL_NODE, replica=beat.replica))
        changed = agent.state != beat.state or agent.down or agent.quarantined or agent.warned
        agent.last_seen = self.heard_at = now
        agent.pid = beat.pid
        if changed:
            agent.state = beat.state
            agent.stopped = beat.state == AgentState.STOPPED
            agent.down = agent.quarantined = agent.warned = False
        if beat.overdue or agent.overdue:
            agent.overdue_beats = agent.overdue_beats + 1 if set(beat.overdue) & set(agent.overdue) else 0
            agent.overdue = beat.overdue
        return changed

    def on_status(self, status: AgentStatus) -> bool:
        """Note a change of state, the last will included; true when it is one."""
        agent = self.agents.get(status.actor_id)
        if agent is None or agent.state == status.state:
            return False
        agent.state = status.state
        return True

    def on_error(self, error: AgentError) -> bool:
        """Note an error of an agent; true when it becomes or stays degraded by it."""
        agent = self.agents.get(error.actor_id)
        if agent is None or error.phase == "consume":
            return False
        agent.errors, agent.error_phase = error.consecutive, error.phase
        return error.degraded

    def on_node(self, pulse: NodeHeartbeat, now: float) -> None:
        """Note which processes a runner looks after."""
        self.nodes[pulse.node] = now
        for process in pulse.processes:
            self.placed[process.name] = pulse.node
            agent = self.by_name.get(process.name)
            if agent is not None:
                agent.node = pulse.node
                agent.quarantined = process.state == "quarantined"
                agent.down = process.state != "running"
                agent.stopped = process.state == "stopped" or (agent.stopped and not agent.down)

    def on_event(self, event: NodeEvent, now: float, grace: float) -> None:
        """Note what a runner reports; a new process gets `grace` seconds beyond the usual for its first heartbeat."""
        self.placed[event.name] = event.node
        agent = self.by_name.get(event.name)
        if agent is None:
            return
        agent.down = event.kind != "started"
        agent.quarantined = event.kind == "quarantined"
        agent.stopped = event.kind == "stopped"
        if event.kind == "started" and (event.pid != agent.pid or not event.pid):
            agent.last_seen = now + grace
            agent.overdue, agent.overdue_beats = (), 0
            agent.acted_at = float("-inf")

    def forgive(self, now: float) -> None:
        """Start all clocks anew: after an absence of the broker or of the monitor itself nobody's silence counts."""
        for agent in self.agents.values():
            agent.last_seen = max(agent.last_seen, now)
        for node in self.nodes:
            self.nodes[node] = now
        self.heard_at = max(self.heard_at, now)

    def forget(self, agent: Watched) -> None:
        """Drop an agent that nobody supervises and that has been gone for long."""
        self.agents.pop(agent.id, None)
        if self.by_name.get(agent.name) is agent:
            del self.by_name[agent.name]
