"""Puts together what a node needs to host spawned agents: ledger, gate, executors."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from wactorz_common.bus import Broker, Bus
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import Refused
from wactorz_edge import environment
from wactorz_edge.admission import Gate, NodePolicy, TrustedKeys
from wactorz_edge.contained import ContainerExecutor
from wactorz_edge.container_engine import ContainerEngine, Place
from wactorz_edge.executor import Executor, Logins
from wactorz_edge.guest_link import GuestLink
from wactorz_edge.guests import Guests
from wactorz_edge.host_process import HOST_MODULE
from wactorz_edge.layout import Layout
from wactorz_edge.ledger import ExecutorKind, Ledger
from wactorz_edge.settings import NodeSettings
from wactorz_edge.shared import SharedExecutor, sandbox_unit
from wactorz_edge.solo import SoloExecutor
from wactorz_edge.supervisor import Supervisor
from wactorz_edge.warm_pool import WarmPool

_PACKAGES = (
    "agents with packages run as plain processes here, which is not allowed: set WACTORZ_ALLOW_PROCESS_AGENTS=1 "
    "if you trust their code, or run Wactorz with docker compose"
)
_PLAIN = (
    "WACTORZ_LOG_LEVEL", "WACTORZ_LOG_FORMAT", "WACTORZ_HEARTBEAT_SECONDS", "WACTORZ_NODE", "WACTORZ_DYNAMIC_*", "TZ",
)  # fmt: skip


def ledger_path(layout: Layout) -> Path:
    """Where the node keeps what it knows of its guests."""
    return layout.state_dir / "node.db"


def key_path(settings: NodeSettings, layout: Layout) -> Path:
    """Where the public keys are; natively the monitor leaves its own in the state folder."""
    return settings.trusted_keys_file or layout.secrets_dir / "spawn-key.pub"


def host_environment(layout: Layout, settings: NodeSettings, given: Mapping[str, str]) -> dict[str, str]:
    """What the shared sandbox is given: where it keeps its state, and no secret."""
    return {
        **environment.select(given, environment.BASE), **environment.select(given, _PLAIN),
        "WACTORZ_STATE_DIR": str(layout.state_dir), "WACTORZ_NODE": settings.node,
    }  # fmt: skip


def choose(settings: NodeSettings, spec: SpawnSpec) -> ExecutorKind:
    """What an agent runs in on this node; Refused when there is nothing. Pure but for the look at what is installed."""
    contained = settings.docker_url and settings.isolation != "shared"
    if contained or (settings.docker_url and spec.install):
        return "docker"
    if settings.isolation == "container":
        raise Refused("this node runs agents in containers only, but WACTORZ_NODE_DOCKER_URL names no engine")
    if find_spec(HOST_MODULE) is None:
        raise Refused(f"this node cannot host agents: the package {HOST_MODULE} is not installed")
    return "process" if spec.install else "shared"


def build(
    settings: NodeSettings, layout: Layout, supervisor: Supervisor, bus: Bus, broker: Broker, ledger: Ledger
) -> GuestLink:
    """Everything that hosts agents on this node; nothing runs before an agent comes."""
    given = os.environ
    unit = sandbox_unit(layout.run_dir, host_environment(layout, settings, given))
    alone = environment.select(given, ("PATH", "LANG", "LC_*", *_PLAIN))
    executors: dict[ExecutorKind, Executor] = {
        "shared": SharedExecutor(supervisor, unit),
        "process": SoloExecutor(supervisor, layout.state_dir, alone),
    }
    if settings.docker_url:
        executors["docker"] = _contained(settings, given, ledger)
    logins = Logins(broker, settings.node_secret.get_secret_value(), settings.guest_mqtt_host)
    guests = Guests(ledger, executors, lambda spec: choose(settings, spec), logins, settings.policy, settings.node_name)
    policy = NodePolicy(
        settings.node_name, settings.guest_memory_mb,
        packages="" if settings.docker_url or settings.allow_process_agents else _PACKAGES,
        reserved=frozenset((*supervisor.processes, "sandbox")),
    )  # fmt: skip
    return GuestLink(bus, guests, Gate(ledger, TrustedKeys(key_path(settings, layout))), policy)


def _contained(settings: NodeSettings, given: Mapping[str, str], ledger: Ledger) -> ContainerExecutor:
    env = environment.select(given, ("TZ", "WACTORZ_LOG_LEVEL", "WACTORZ_HEARTBEAT_SECONDS"))
    place = Place(settings.docker_url, settings.guest_project, settings.node_name, settings.guest_image, env)
    engine = ContainerEngine(place)
    return ContainerExecutor(engine, WarmPool(engine, settings.warm_slots), ledger.save)
