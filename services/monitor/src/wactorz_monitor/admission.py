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
from wactorz_monitor.german import phrase
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
    return phrase("Node {node} only shows the containers of the services and runs no agents", node=node)


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
        return phrase("'{shown}' cannot be a name: give one without blanks at its ends", shown=shown)
    if _BAD_IN_NAME.search(name):
        return phrase("'{shown}' cannot be a name: leave out / + # and control characters", shown=f"{shown!a}")
    if name.startswith((".", "$", "@")) or name in RESERVED_NAMES:
        return phrase(
            "'{shown}' cannot be a name: let it begin with a letter or a digit, as in kitchen-watch", shown=shown
        )
    if len(name.encode()) > _LONGEST_NAME_BYTES:
        return phrase(
            "The name is {count} bytes long: give one of at most {most}",
            count=len(name.encode()),
            most=_LONGEST_NAME_BYTES,
        )
    plain = guest_slug(name.lower())
    if {name, name.lower(), plain} & (SHIPPED | protected):
        return phrase("'{shown}' is the name of a service of this system: give the agent another name", shown=shown)
    return ""


def _problem_of_node(spec: SpawnSpec, around: Surroundings) -> str:
    node = node_of(spec)
    if node in around.foreign_nodes and spec.kind != "dynamic":
        return phrase(
            "Node {node} has the stand-alone runner, which runs only 'dynamic' agents: choose another node", node=node
        )
    if node == LOCAL_NODE or node in around.nodes:
        return ""
    known = ", ".join(sorted(around.nodes | {LOCAL_NODE}))
    if node in around.service_nodes:
        return phrase("{no_place}: choose one of {known}", no_place=no_place(node), known=known)
    return phrase(
        "No node called {node} has been heard yet: start its runner, or choose one of {known}",
        node=f"{node[:64]!a}",
        known=known,
    )


def _problem_of_type(spec: SpawnSpec) -> str:
    kind = spec.kind
    if kind in _ELSEWHERE:
        return phrase(
            "This installation has no executor for agents of type '{kind}' yet: use 'dynamic' or 'llm'", kind=kind
        )
    if kind not in _TYPES:
        return phrase(
            "{kind} is no type of agent: use 'dynamic' for Python code, 'llm' for a system prompt, "
            "or 'ha_actuator' for devices that follow messages",
            kind=f"{kind[:40]!a}",
        )
    return _NEEDS[kind](spec)


def _problem_of_persona(spec: SpawnSpec) -> str:
    if not spec.system_prompt.strip():
        return phrase("An agent of type 'llm' needs a system_prompt that says who it is")
    if spec.code:
        return phrase("An agent of type 'llm' runs no code: leave `code` out, or make its type 'dynamic'")
    return ""


def _problem_of_source(spec: SpawnSpec) -> str:
    return "" if spec.code.strip() else phrase("An agent of type 'dynamic' needs Python source in `code`")


def _problem_of_automation(spec: SpawnSpec) -> str:
    if spec.code or spec.install:
        return phrase(
            "An agent of type 'ha_actuator' runs no code: leave `code` and `install` out, or make it 'dynamic'"
        )
    try:
        config = ActuatorConfig.of(spec)
    except ContractError as error:
        return phrase("Its configuration cannot be read: {error}", error=error)
    toggles = next((one for one in config.actions if "toggle" in one.service), None)
    if toggles is not None:
        return phrase(
            "{domain}.{service} may end either way: say turn_on or turn_off, open or close",
            domain=toggles.domain,
            service=toggles.service,
        )
    problem = problem_of_grants(Grants(subscribe=config.mqtt_topics))
    return phrase("{problem}: change `mqtt_topics`", problem=problem) if problem else ""


_NEEDS = {"dynamic": _problem_of_source, "llm": _problem_of_persona, "ha_actuator": _problem_of_automation}


def _problem_of_packages(packages: tuple[str, ...]) -> str:
    if len(packages) > _MOST_PACKAGES:
        return phrase(
            "`install` lists {count} packages: at most {most} are installed for one agent",
            count=len(packages),
            most=_MOST_PACKAGES,
        )
    for package in packages:
        if len(package) > _LONGEST_PACKAGE or not _PACKAGE.fullmatch(package):
            shown = package[:60]
            return phrase(
                "{shown} in `install` is no package: give names such as numpy, no options, addresses or paths",
                shown=f"{shown!a}",
            )
    return ""


def _problem_of_grants(spec: SpawnSpec) -> str:
    grants = spec.grants
    for kind in ("publish", "subscribe", "http", "agents"):
        wanted: tuple[str, ...] = getattr(grants, kind)
        if len(wanted) > _MOST_GRANTS or any(len(item) > _LONGEST_FILTER for item in wanted):
            most = phrase(
                "{count} entries of at most {length} characters",
                count=_MOST_GRANTS,
                length=_LONGEST_FILTER,
            )
            return phrase("`grants.{kind}` is too long: give at most {most}", kind=kind, most=most)
    problem = problem_of_grants(grants)
    if problem:
        return phrase("{problem}: change `grants`", problem=problem)
    for host in grants.http:
        if not _HOST.fullmatch(host):
            return phrase(
                "{host} in `grants.http` is no host: write it as example.org or example.org:8080", host=f"{host[:60]!a}"
            )
    for agent in grants.agents:
        if agent in _NO_TASKS_FOR:
            return phrase("No spawned agent may give tasks to {agent}: take it out of `grants.agents`", agent=agent)
        if problem_of_name(agent) and agent not in SHIPPED:
            return phrase(
                "{agent} in `grants.agents` is no agent's name: correct it or take it out", agent=f"{agent[:60]!a}"
            )
    return ""


def _problem_of_speaking(spec: SpawnSpec, around: Surroundings) -> str:
    """Code beside the host, with packages or elsewhere, could say that anybody sends its tasks."""
    named = sorted(CAREFUL.intersection(spec.grants.agents))
    if named and (spec.install or node_of(spec) in around.foreign_nodes):
        where = phrase("with packages") if spec.install else phrase("on a node with the stand-alone runner")
        return phrase(
            "An agent {where} may not give tasks to {named}: take it out of `grants.agents`",
            where=where,
            named=named[0],
        )
    return ""


def _problem_of_size(spec: SpawnSpec) -> str:
    if len(spec.code) > LONGEST_CODE:
        return phrase(
            "`code` has {count} characters: shorten it to {most}",
            count=len(spec.code),
            most=LONGEST_CODE,
        )
    try:
        size = len(specs.wire(specs.canonical(spec, ""), "", is_main=True, is_ours=True, replace=True))
    except (ValueError, RecursionError) as error:
        return phrase(
            "The specification cannot be written as JSON ({name}): send plain text and numbers",
            name=type(error).__name__,
        )
    if size > MOST_BYTES:
        return phrase(
            "The specification is {size} KB: shorten code, prompt or schemas to {most} KB",
            size=size // 1000,
            most=MOST_BYTES // 1000,
        )
    return ""


def _problem_of_code(code: str) -> str:
    """Only parsed, never run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        place = phrase("line {number}", number=error.lineno) if error.lineno else phrase("somewhere")
        return phrase("`code` is no valid Python: {msg} in {place}", msg=error.msg, place=place)
    except (ValueError, RecursionError, MemoryError) as error:
        return phrase("`code` cannot be parsed ({reason}): make it simpler", reason=error or type(error).__name__)
    return ""
