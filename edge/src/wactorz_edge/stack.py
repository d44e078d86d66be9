"""The native stack as data: every process, how it is started, what it is given, and when it counts as ready."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from wactorz_common.errors import ConfigError
from wactorz_common.ids import check_name
from wactorz_common.supervision import RestartType
from wactorz_edge import environment, page
from wactorz_edge.broker import BrokerPlan
from wactorz_edge.layout import Layout
from wactorz_edge.settings import EdgeSettings

FORK_SERVER = "fork-server"
BROKER = "broker"
DEMO_HOME = "demo-home"
GATEWAY = "gateway"

PRELOAD = (
    "wactorz_common.run", "wactorz_common.contracts", "uvloop", "aiohttp", "hass_client", "fastapi", "uvicorn",
    "uvicorn.lifespan.off", "uvicorn.protocols.http.httptools_impl", "anyio._backends._asyncio", "encodings.idna",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
)  # fmt: skip
"""What the fork server imports once for all, besides the services themselves: a page that is shared counts once.

Of what is imported after the fork each service has a copy: 2.5 MB for itself, 3 MB for a client library.
"""

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
    "notifier": environment.PROXIES,
    "topics": (),
    "home-assistant-agent": _HOME_ASSISTANT,
    "home-assistant-actuator": _HOME_ASSISTANT,
    "home-assistant-state-bridge": (*_HOME_ASSISTANT, "HA_STATE_BRIDGE_*"),
    "home-assistant-map-agent": (*_HOME_ASSISTANT, "HA_MAP_AGENT_*"),
    GATEWAY: ("WACTORZ_HTTP_*", "WACTORZ_API_TOKEN", "WACTORZ_API_TOKEN_FILE", "API_KEY", "API_KEY_FILE", "FUSEKI_*"),
}
"""The shipped services, and the variables that each one owns besides WACTORZ_<NAME>_*."""


@dataclass(frozen=True)
class Ready:
    """How to see that a process serves: a heartbeat, an answer to a greeting, an HTTP answer, or its Unix socket.

    A stream is not probed: whoever holds it says so, as it takes one client at a time.
    """

    how: Literal["heartbeat", "mqtt", "http", "socket", "stream"]
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
    essential: bool = True
    """Whether the system counts as started only with it."""


@dataclass(frozen=True)
class HomePlan:
    """The simulated house that answers when no Home Assistant is configured."""

    port: int
    token_file: Path

    @property
    def env(self) -> dict[str, str]:
        """What those that speak with it need."""
        return {"HA_URL": f"http://127.0.0.1:{self.port}", "HA_TOKEN_FILE": str(self.token_file)}


def build(
    settings: EdgeSettings,
    layout: Layout,
    given: Mapping[str, str],
    broker: BrokerPlan,
    home: HomePlan | None,
    socket_address: str,
) -> list[Unit]:
    """Every process of the stack, in the order in which they are started."""
    base = {**environment.select(given, environment.BASE), "WACTORZ_STATE_DIR": str(layout.state_dir)}
    names = service_names(settings)
    owned = [pattern for name in (*names, DEMO_HOME) for pattern in _patterns(name)]
    plain = {**base, **environment.shared(given, owned)}
    forked = [*names, DEMO_HOME] if home is not None else names
    units = [_fork_server(base, socket_address, forked)]
    if broker.command:
        ready = Ready("mqtt", broker.broker.port)
        units.append(Unit(BROKER, ready, command=broker.command, env=base, stop_wave=4))
    if home is not None:
        env = {**plain, **environment.select(given, _patterns(DEMO_HOME)), "WACTORZ_DEMO_HOME_PORT": str(home.port)}
        ready = Ready("http", home.port, "/api/")
        units.append(Unit(DEMO_HOME, ready, module=_module(DEMO_HOME), env=env, stop_wave=2))
    for name in names:
        env = {**plain, **broker.env, **environment.select(given, _patterns(name))}
        if home is not None and needs_home([name]):
            env.update(home.env)
        if name == GATEWAY:
            env.setdefault("WACTORZ_HTTP_PAGE", page.folder())
        units.append(_service(name, env, settings))
    return units


def service_names(settings: EdgeSettings) -> list[str]:
    """The services to run: the shipped ones or WACTORZ_SERVICES, and WACTORZ_EXTRA_SERVICES."""
    wished = _list(settings.services)
    chosen = wished or [name for name in OWNED if is_installed(name)]
    asked_for = [*wished, *_list(settings.extra_services)]
    for name in asked_for:
        check_name(name)
        if name in (BROKER, DEMO_HOME, FORK_SERVER):
            raise ConfigError(f"'{name}' cannot be the name of a service: the runner uses it itself")
        if not is_installed(name):
            raise ConfigError(f"The service '{name}' is not installed: there is no module {_module(name)}")
    return list(dict.fromkeys([*chosen, *asked_for]))


def is_installed(name: str) -> bool:
    """Whether the package of a service is there; a partial installation runs what it has."""
    module = _module(name)
    return find_spec(module.partition(".")[0]) is not None and find_spec(module) is not None


def needs_home(names: Iterable[str]) -> bool:
    """Whether one of the services speaks with Home Assistant."""
    return any("HA_TOKEN" in OWNED.get(name, ()) for name in names)


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _patterns(name: str) -> tuple[str, ...]:
    return (*OWNED.get(name, ()), *environment.own_patterns(name))


def _fork_server(base: Mapping[str, str], address: str, names: Iterable[str]) -> Unit:
    preload = ",".join((*PRELOAD, *map(_module, names)))
    command = (
        sys.executable, "-m", "wactorz_edge.forkserver", f"--socket={address}", f"--preload={preload}",
    )  # fmt: skip
    return Unit(FORK_SERVER, Ready("socket", address=address), command=command, env=base, stop_wave=3)


def _module(name: str) -> str:
    """The module of a service, named after it by convention."""
    return f"wactorz_{name.replace('-', '_')}.__main__"


def _service(name: str, env: Mapping[str, str], settings: EdgeSettings) -> Unit:
    """A service; one that is not shipped may end itself for good."""
    shipped = name in OWNED
    ready = Ready("http", settings.http_port, "/api/health") if name == GATEWAY else Ready("heartbeat")
    return Unit(
        name,
        ready,
        module=_module(name),
        env=env,
        stop_wave=0 if name == GATEWAY else 1,
        kind=RestartType.PERMANENT if shipped else RestartType.TRANSIENT,
    )
