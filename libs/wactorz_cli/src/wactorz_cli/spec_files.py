"""Specifications of agents from files: JSON, YAML, or bare Python code."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from wactorz_cli.errors import CommandFailed

_MOST_BYTES = 512 * 1024


def read_spec(file: str) -> dict[str, Any]:
    """The spawn message that a file holds; for Python code the file's name becomes the agent's."""
    text = sys.stdin.read() if file == "-" else _text(Path(file))
    kind = Path(file).suffix.lower()
    if kind == ".py":
        return {"name": _name(Path(file).stem), "code": text}
    value = _yaml(file, text) if kind in (".yaml", ".yml") else _json(file, text)
    if not isinstance(value, dict):
        raise CommandFailed(f"{file} holds no specification: it must be an object with a name and code")
    return value


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise CommandFailed(f"{path} is too large: at most {_MOST_BYTES // 1024} KiB")
        return path.read_text()
    except OSError as error:
        raise CommandFailed(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise CommandFailed(f"{path} is no text file") from error


def _json(file: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CommandFailed(f"{file} is no valid JSON ({error}); code goes into a file that ends in .py") from error


def _yaml(file: str, text: str) -> Any:
    import yaml  # noqa: PLC0415  # only for YAML files

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise CommandFailed(f"{file} is no valid YAML: {' '.join(str(error).split())}") from error


def _name(stem: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")
