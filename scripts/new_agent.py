"""Make a new service from the scaffold, for example `new_agent.py weather "Tells the weather."`."""

import argparse
import re
import sys
from pathlib import Path

from wactorz_common.errors import ContractError
from wactorz_common.ids import check_name

ROOT = Path(__file__).resolve().parents[1]

FILES = {
    "pyproject.toml": """\
[project]
name = "wactorz-{name}"
version = "0.1.0"
description = "{purpose}"
requires-python = ">=3.11"
license = "Apache-2.0"
dependencies = [
    "wactorz-common",
]

[build-system]
requires = ["uv_build>=0.13,<0.14"]
build-backend = "uv_build"

[tool.uv.sources]
wactorz-common = {{ workspace = true }}
""",
    "README.md": """\
# {name}

{purpose}

Run it alone, against the broker named by `WACTORZ_MQTT_URL`: `python -m {package}`.
""",
    "src/{package}/__init__.py": '"""{purpose}"""\n',
    "src/{package}/py.typed": "",
    "src/{package}/__main__.py": '''\
"""Entry point."""

from wactorz_common.run import run

from {package}.agent import {cls}Agent
from {package}.settings import {cls}Settings


def main() -> None:
    """Run the agent until it is stopped."""
    run({cls}Agent, {cls}Settings)


if __name__ == "__main__":
    main()
''',
    "src/{package}/settings.py": '''\
"""Settings of {name}."""

from pydantic_settings import SettingsConfigDict
from wactorz_common.settings import AgentSettings


class {cls}Settings(AgentSettings):
    """What {name} needs besides what every agent does."""

    model_config = SettingsConfigDict(env_prefix="WACTORZ_{upper}_")
''',
    "src/{package}/agent.py": '''\
"""{purpose}"""

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest

from {package}.settings import {cls}Settings


class {cls}Agent(Agent[{cls}Settings]):
    """{purpose}"""

    name = "{name}"
    description = "{purpose}"

    @handles(CHAT)
    async def chat(self, request: ChatRequest, _task: Task) -> ChatAnswer:
        """Answer a person who writes `@{name} ...`."""
        return ChatAnswer(text=f"You said: {{request.text}}")
''',
    "tests/test_agent.py": '''\
"""What {name} answers."""

from wactorz_common.contracts.chat import CHAT
from wactorz_common.handlers import HandlerTable

from {package}.agent import {cls}Agent


def test_it_answers_people() -> None:
    assert CHAT.action in HandlerTable.of({cls}Agent).served
''',
}


def make(name: str, purpose: str, root: Path) -> Path:
    """Write the folder of a new service below `root` and return it; ContractError when it cannot be."""
    check_name(name)
    snake = name.replace("-", "_")
    folder = root / "services" / snake
    if folder.exists():
        raise ContractError(f"services/{snake} exists already")
    values = {
        "name": name, "purpose": purpose, "package": f"wactorz_{snake}", "upper": snake.upper(),
        "cls": "".join(part.capitalize() for part in re.split("-", name)),
    }  # fmt: skip
    for path, text in FILES.items():
        target = folder / path.format(**values)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.format(**values))
    return folder


def main() -> int:
    """Make the service that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="agent name: a-z, 0-9 and hyphens")
    parser.add_argument("purpose", help="one sentence")
    options = parser.parse_args()
    try:
        folder = make(options.name, options.purpose, ROOT)
    except ContractError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{folder.relative_to(ROOT)} is there. Next: name its package in the import contracts and the mypy path of ")
    print("pyproject.toml, add it to the stack of the node runner (edge), and run `./just check`.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
