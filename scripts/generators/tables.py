"""The generated part of each service's README: what it consumes and publishes, and its settings."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

from wactorz_common.agent import Agent
from wactorz_common.handlers import HandlerTable
from wactorz_common.settings import AgentSettings, HomeAssistantSettings

BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"
ROOT = Path(__file__).resolve().parents[2]


def folders() -> list[Path]:
    """The services and the gateway."""
    return [*sorted(path.parent for path in (ROOT / "services").glob("*/pyproject.toml")), ROOT / "gateway"]


def package_of(folder: Path) -> str:
    """The import name of the package in a service folder."""
    return f"wactorz_{folder.name}"


def agent_class(folder: Path) -> type[Agent[Any]]:
    """The agent that a folder holds."""
    module = importlib.import_module(f"{package_of(folder)}.agent")
    found = [
        value for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Agent) and value.__module__ == module.__name__
    ]  # fmt: skip
    return found[0]


def name_of(folder: Path) -> str:
    """The name of a folder's agent; where each instance has a name of its own, the folder's."""
    return getattr(agent_class(folder), "name", folder.name.replace("_", "-"))


def settings_class(folder: Path) -> type[AgentSettings]:
    """The settings of a folder's agent."""
    module = importlib.import_module(f"{package_of(folder)}.settings")
    found = [
        value for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, AgentSettings) and value.__module__ == module.__name__
    ]  # fmt: skip
    return found[0]


def render(folder: Path) -> str:
    """The README with its generated part renewed."""
    readme = folder / "README.md"
    text = readme.read_text()
    block = f"{BEGIN}\n{_block(folder)}\n{END}"
    if BEGIN not in text:
        return f"{text.rstrip()}\n\n{block}\n"
    return re.sub(f"{BEGIN}.*?{END}", lambda _: block, text, flags=re.DOTALL)


def _block(folder: Path) -> str:
    agent, table = agent_class(folder), HandlerTable.of(agent_class(folder))
    rows = [
        f"| answers | `{served.operation.action}` | {served.operation.summary}"
        f"{' (durable)' if served.operation.durable else ''} |"
        for served in sorted(table.served.values(), key=lambda served: served.operation.action)
    ]
    rows += [
        f"| listens | `{heard.channel.filter(**heard.params)}` | {heard.channel.summary} |" for heard in table.heard
    ]
    rows += [f"| publishes | `{channel.address}` | {channel.summary} |" for channel in agent.publishes]
    lines = [f"Agent name: `{name_of(folder)}`. Besides, the lifecycle channels of every agent.", ""]
    lines += ["| | what | meaning |", "|---|---|---|", *rows]
    settings = list(settings_rows(settings_class(folder)))
    if settings:
        lines += ["", "| setting | default | meaning |", "|---|---|---|", *settings]
    return "\n".join(lines)


def settings_rows(cls: type[AgentSettings]) -> Iterator[str]:
    """Rows for the settings that are a service's own."""
    inherited = {*AgentSettings.model_fields, *HomeAssistantSettings.model_fields}
    prefix = str(cls.model_config.get("env_prefix") or "")
    for name, field in cls.model_fields.items():
        if name in inherited and cls not in (AgentSettings, HomeAssistantSettings):
            continue
        variable = _variable(name, field.validation_alias, prefix)
        default = "" if field.default is PydanticUndefined or "Secret" in str(field.annotation) else field.default
        default = default if default is not None and default != "" else "–"  # noqa: RUF001
        yield f"| `{variable}` | {default} | {field.description or ''} |"


def _variable(name: str, alias: Any, prefix: str) -> str:
    if alias is None:
        return f"{prefix}{name}".upper()
    choices = getattr(alias, "choices", None)
    return "`, `".join(str(choice) for choice in choices) if choices else str(alias)
