"""The native stack as data: every process, how it is started, what it is given, and when it counts as ready."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from wactorz_common.errors import ConfigError
from wactorz_common.ids import check_name
from wactorz_common.supervision import RestartType
from wactorz_edge import environment
from wactorz_edge.broker import BrokerPlan
from wactorz_edge.layout import Layout
from wactorz_edge.settings import EdgeSettings

FORK_SERVER = "fork-server"
BROKER = "broker"
DEMO_HOME = "demo-home"
GATEWAY = "gateway"

PRELOAD = (
    "wactorz_common.run", "wactorz_common.tasks", "wactorz_common.contracts", "gmqtt", "uvloop", "structlog",
    "pydantic", "pydantic_settings", "aiohttp", "ssl", "sqlite3",
)  # fmt: skip
"""What the fork server imports once for all; measured by `wactorz_edge.memory`."""

_HOME_ASSISTANT = ("HA_URL", "HA_TOKEN", "HA_TOKEN_FILE", *environment.PROXIES)
_MODELS = (
    "ANTHROPIC_*", "OPENAI_*", "NIM_*", "NVIDIA_*", "GEMINI_*", "GOOGLE_API_KEY", "OLLAMA_*", "LLM_*",
    *environment.PROXIES,
)  # fmt: skip

OWNED: dict[str, tuple[str, ...]] = {
    "main": (),
    "io-agent": (),
    "monitor": (),
    "llm": _MODELS,
    "planner": (),
    "home-assistant-agent": _HOME_ASSISTANT,
    "home-assistant-actuator": _HOME_ASSISTANT,
    "home-assistant-state-bridge": (*_HOME_ASSISTANT, "HA_STATE_BRIDGE_*"),
    "home-assistant-map-agent": (*_HOME_ASSISTANT, "HA_MAP_AGENT_*"),
    GATEWAY: ("WACTORZ_HTTP_*", "WACTORZ_API_TOKEN", "WACTORZ_API_TOKEN_FILE", "API_KEY", "API_KEY_FILE"),
}
"""The shipped services, and the variables that each one owns besides WACTORZ_<NAME>_*."""


@dataclass(frozen=True)
class Ready:
    """How to see that a process serves: a heartbeat, an open port, an HTTP answer, or its Unix socket."""

    how: Literal["heartbeat", "tcp", "http", "socket"]
    port: int = 0
    path: str = "/"
    address: str = ""


@dataclass(frozen=True)
class Unit:
    """One process of the stack. With `module` it is forked, with `command` executed."""

    name: str
    ready: Ready
    module: str = ""
    command: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    stop_wave: int = 1
    """Waves are stopped one after the other, the lowest first."""
    kind: RestartType = RestartType.PERMANENT


@dataclass(frozen=True)
class HomePlan:
    """The simulated house that answers when no Home Assistant is configured."""

    port: int
    token: str

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


def build(
    settings: EdgeSettings, layout: Layout, given: Mapping[str, str], broker: BrokerPlan, home: HomePlan | None,
    socket_address: str,
) -> list[Unit]:  # fmt: skip
    """Every process of the stack, in the order in which they are started."""
    base = {**environment.select(given, environment.BASE), "WACTORZ_STATE_DIR": str(layout.state_dir)}
    units = [_fork_server(base, socket_address)]
    if broker.command:
        units.append(
            Unit(BROKER, Ready("tcp", broker.broker.port), command=broker.command, env=base, stop_wave=4)
        )  # fmt: skip
    if home is not None:
        units.append(_demo_home(base, home))
    names = service_names(settings)
    owned = [pattern for name in names for pattern in _patterns(name)]
    common = {**base, **environment.shared(given, owned), **broker.env}
    for name in names:
        env = {**common, **environment.select(given, _patterns(name))}
        if home is not None and "HA_TOKEN" in OWNED.get(name, ()):
            env.update(HA_URL=home.url, HA_TOKEN=home.token)
        units.append(_service(name, env, settings))
    return units


def service_names(settings: EdgeSettings) -> list[str]:
    """The services to run: the shipped ones or WACTORZ_SERVICES, and WACTORZ_EXTRA_SERVICES."""
    chosen = _list(settings.services) or list(OWNED)
    names = [*chosen, *_list(settings.extra_services)]
    for name in names:
        check_name(name)
        if name in (BROKER, DEMO_HOME, FORK_SERVER):
            raise ConfigError(f"'{name}' cannot be the name of a service: the runner uses it itself")
    return list(dict.fromkeys(names))


def needs_home(names: Iterable[str]) -> bool:
    """Whether one of the services speaks with Home Assistant."""
    return any("HA_TOKEN" in OWNED.get(name, ()) for name in names)


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _patterns(name: str) -> tuple[str, ...]:
    return (*OWNED.get(name, ()), *environment.own_patterns(name))


def _fork_server(base: Mapping[str, str], address: str) -> Unit:
    command = (
        sys.executable, "-m", "wactorz_edge.forkserver", f"--socket={address}", f"--preload={','.join(PRELOAD)}",
    )  # fmt: skip
    return Unit(FORK_SERVER, Ready("socket", address=address), command=command, env=base, stop_wave=3)


def _demo_home(base: Mapping[str, str], home: HomePlan) -> Unit:
    env = {**base, "WACTORZ_DEMO_HOME_PORT": str(home.port), "WACTORZ_DEMO_HOME_TOKEN": home.token}
    return Unit(
        DEMO_HOME, Ready("http", home.port, "/api/"), module="wactorz_demo_home.__main__", env=env, stop_wave=2
    )  # fmt: skip


def _service(name: str, env: Mapping[str, str], settings: EdgeSettings) -> Unit:
    """A service, its module named after it by convention; one that is not shipped may end itself for good."""
    shipped = name in OWNED
    ready = Ready("http", settings.http_port, "/api/health") if name == GATEWAY else Ready("heartbeat")
    return Unit(
        name,
        ready,
        module=f"wactorz_{name.replace('-', '_')}.__main__",
        env=env,
        stop_wave=0 if name == GATEWAY else 1,
        kind=RestartType.PERMANENT if shipped else RestartType.TRANSIENT,
    )
