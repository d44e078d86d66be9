"""Whether a spawn specification can be accepted; pure. Each problem is one sentence that says what to change."""

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from wactorz_common.accounts import guest_slug
from wactorz_common.contracts.automating import ActuatorConfig
from wactorz_common.contracts.spawning import LONGEST_CODE, Grants, SpawnSpec
from wactorz_common.errors import ContractError
from wactorz_common.ids import RESERVED_NAMES
from wactorz_common.rights import problem_of as problem_of_grants
from wactorz_common.senders import CAREFUL
from wactorz_monitor import specs
from wactorz_monitor.roster import LOCAL_NODE

SHIPPED = frozenset(
    {
        "anomaly-detector", "broker", "catalog", "code-agent", "docker-create", "docker-watch", "demo-home", "fuseki",
        "gateway", "home-assistant", "home-assistant-actuator", "home-assistant-agent", "home-assistant-map-agent",
        "home-assistant-state-bridge", "installer", "io-agent", "knowledge", "llm", "local", "main", "manual-agent",
        "monitor", "mosquitto", "nautilus-agent", "nginx", "node", "notifier", "planner", "qa-agent", "topics",
        "udx-agent", "user", "vision",
    }
)  # fmt: skip
"""Names that no spawned agent may bear."""

MOST_BYTES = 600_000
"""Largest specification: the broker takes 1 MiB, and a migration adds the agent's state."""

MAIN = ("", "main", LOCAL_NODE)
"""What people call the main machine."""

_TYPES = ("dynamic", "llm", "ha_actuator")
_ELSEWHERE = ("scheduled", "rule", "module", "manual")
_BAD_IN_NAME = re.compile(r"[/+#\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_PACKAGE = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:\[[A-Za-z0-9,._-]+\])?(?:(?:[<>=!~]=|[<>])[0-9][0-9A-Za-z.*+!-]*)?"
)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
_LONGEST_NAME_BYTES = 200
_MOST_PACKAGES = 20
_LONGEST_PACKAGE = 100
_MOST_GRANTS = 50
_LONGEST_FILTER = 500
_NO_TASKS_FOR = frozenset({"monitor", "gateway"})


@dataclass(frozen=True)
class Surroundings:
    """What the check has to know besides the specification itself."""

    nodes: frozenset[str]
    """Names of the nodes that were ever heard."""
    protected: frozenset[str]
    """Names of running services."""
    foreign_nodes: frozenset[str] = frozenset()
    """Nodes with the stand-alone runner."""
    service_nodes: frozenset[str] = frozenset()
    """What is listed as a node and runs the services only."""


def node_of(spec: SpawnSpec) -> str:
    """The node that shall run it, by name."""
    return LOCAL_NODE if spec.node in MAIN else spec.node


def no_place(node: str) -> str:
    """What is said of a node that takes no agents."""
    return f"Node {node} only shows the containers of the services and runs no agents"


def problem_of(spec: SpawnSpec, around: Surroundings) -> str:
    """Why this specification is not accepted; empty when it is."""
    return next(filter(None, _problems(spec, around)), "")


def _problems(spec: SpawnSpec, around: Surroundings) -> Iterable[str]:
    """Lazily, the cheap ones first."""
    yield problem_of_name(spec.name, around.protected)
    yield _problem_of_node(spec, around)
    yield _problem_of_type(spec)
    yield _problem_of_packages(spec.install)
    yield _problem_of_grants(spec)
    yield _problem_of_speaking(spec, around)
    yield _problem_of_size(spec)
    if spec.kind == "dynamic":
        yield _problem_of_code(spec.code)


def problem_of_name(name: str, protected: frozenset[str] = frozenset()) -> str:
    """Why an agent cannot be called so."""
    shown = name.encode(errors="replace").decode()
    if not name.strip() or name != name.strip():
        return f"'{shown}' cannot be a name: give one without blanks at its ends"
    if _BAD_IN_NAME.search(name):
        return f"'{shown!a}' cannot be a name: leave out / + # and control characters"
    if name.startswith((".", "$", "@")) or name in RESERVED_NAMES:
        return f"'{shown}' cannot be a name: let it begin with a letter or a digit, as in kitchen-watch"
    if len(name.encode()) > _LONGEST_NAME_BYTES:
        return f"The name is {len(name.encode())} bytes long: give one of at most {_LONGEST_NAME_BYTES}"
    plain = guest_slug(name.lower())
    if {name, name.lower(), plain} & (SHIPPED | protected):
        return f"'{shown}' is the name of a service of this system: give the agent another name"
    return ""


def _problem_of_node(spec: SpawnSpec, around: Surroundings) -> str:
    node = node_of(spec)
    if node in around.foreign_nodes and spec.kind != "dynamic":
        return f"Node {node} has the stand-alone runner, which runs only 'dynamic' agents: choose another node"
    if node == LOCAL_NODE or node in around.nodes:
        return ""
    known = ", ".join(sorted(around.nodes | {LOCAL_NODE}))
    if node in around.service_nodes:
        return f"{no_place(node)}: choose one of {known}"
    return f"No node called {node[:64]!a} has been heard yet: start its runner, or choose one of {known}"


def _problem_of_type(spec: SpawnSpec) -> str:
    kind = spec.kind
    if kind in _ELSEWHERE:
        return f"This installation has no executor for agents of type '{kind}' yet: use 'dynamic' or 'llm'"
    if kind not in _TYPES:
        return (
            f"{kind[:40]!a} is no type of agent: use 'dynamic' for Python code, 'llm' for a system prompt, or "
            "'ha_actuator' for devices that follow messages"
        )
    return _NEEDS[kind](spec)


def _problem_of_persona(spec: SpawnSpec) -> str:
    if not spec.system_prompt.strip():
        return "An agent of type 'llm' needs a system_prompt that says who it is"
    if spec.code:
        return "An agent of type 'llm' runs no code: leave `code` out, or make its type 'dynamic'"
    return ""


def _problem_of_source(spec: SpawnSpec) -> str:
    return "" if spec.code.strip() else "An agent of type 'dynamic' needs Python source in `code`"


def _problem_of_automation(spec: SpawnSpec) -> str:
    if spec.code or spec.install:
        return "An agent of type 'ha_actuator' runs no code: leave `code` and `install` out, or make it 'dynamic'"
    try:
        config = ActuatorConfig.of(spec)
    except ContractError as error:
        return f"Its configuration cannot be read: {error}"
    toggles = next((one for one in config.actions if "toggle" in one.service), None)
    if toggles is not None:
        return f"{toggles.domain}.{toggles.service} may end either way: say turn_on or turn_off, open or close"
    problem = problem_of_grants(Grants(subscribe=config.mqtt_topics))
    return f"{problem}: change `mqtt_topics`" if problem else ""


_NEEDS = {"dynamic": _problem_of_source, "llm": _problem_of_persona, "ha_actuator": _problem_of_automation}


def _problem_of_packages(packages: tuple[str, ...]) -> str:
    if len(packages) > _MOST_PACKAGES:
        return f"`install` lists {len(packages)} packages: at most {_MOST_PACKAGES} are installed for one agent"
    for package in packages:
        if len(package) > _LONGEST_PACKAGE or not _PACKAGE.fullmatch(package):
            shown = package[:60]
            return f"{shown!a} in `install` is no package: give names such as numpy, no options, addresses or paths"
    return ""


def _problem_of_grants(spec: SpawnSpec) -> str:
    grants = spec.grants
    for kind in ("publish", "subscribe", "http", "agents"):
        wanted: tuple[str, ...] = getattr(grants, kind)
        if len(wanted) > _MOST_GRANTS or any(len(item) > _LONGEST_FILTER for item in wanted):
            most = f"{_MOST_GRANTS} entries of at most {_LONGEST_FILTER} characters"
            return f"`grants.{kind}` is too long: give at most {most}"
    problem = problem_of_grants(grants)
    if problem:
        return f"{problem}: change `grants`"
    for host in grants.http:
        if not _HOST.fullmatch(host):
            return f"{host[:60]!a} in `grants.http` is no host: write it as example.org or example.org:8080"
    for agent in grants.agents:
        if agent in _NO_TASKS_FOR:
            return f"No spawned agent may give tasks to {agent}: take it out of `grants.agents`"
        if problem_of_name(agent) and agent not in SHIPPED:
            return f"{agent[:60]!a} in `grants.agents` is no agent's name: correct it or take it out"
    return ""


def _problem_of_speaking(spec: SpawnSpec, around: Surroundings) -> str:
    """Code beside the host, with packages or elsewhere, could say that anybody sends its tasks."""
    named = sorted(CAREFUL.intersection(spec.grants.agents))
    if named and (spec.install or node_of(spec) in around.foreign_nodes):
        where = "with packages" if spec.install else "on a node with the stand-alone runner"
        return f"An agent {where} may not give tasks to {named[0]}: take it out of `grants.agents`"
    return ""


def _problem_of_size(spec: SpawnSpec) -> str:
    if len(spec.code) > LONGEST_CODE:
        return f"`code` has {len(spec.code)} characters: shorten it to {LONGEST_CODE}"
    try:
        size = len(specs.wire(specs.canonical(spec, ""), "", is_main=True, is_ours=True, replace=True))
    except (ValueError, RecursionError) as error:
        return f"The specification cannot be written as JSON ({type(error).__name__}): send plain text and numbers"
    if size > MOST_BYTES:
        return f"The specification is {size // 1000} KB: shorten code, prompt or schemas to {MOST_BYTES // 1000} KB"
    return ""


def _problem_of_code(code: str) -> str:
    """Only parsed, never run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        place = f"line {error.lineno}" if error.lineno else "somewhere"
        return f"`code` is no valid Python: {error.msg} in {place}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"`code` cannot be parsed ({error or type(error).__name__}): make it simpler"
    return ""
