"""What a package's German table lacks: every English sentence has a German one with the same places."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from string import Formatter
from types import ModuleType


def gaps(german: ModuleType, also: Iterable[str] = (), name: str = "phrase") -> list[str]:
    """What is wrong with the table `GERMAN` of a package, one line each.

    `also` are words of contracts that it says; `name` is what its sentences are asked of.
    """
    table: Mapping[str, str] = german.GERMAN
    folder = Path(str(german.__file__)).parent
    trees = [ast.parse(path.read_text("utf-8")) for path in folder.rglob("*.py") if path.name != "german.py"]
    said = {text for tree in trees for text in _said(tree, name)}
    written = {text for tree in trees for text in _texts(tree)}
    return [
        *(f"no German for: {text}" for text in sorted(said - table.keys())),
        *(f"nobody says: {text}" for text in sorted(table.keys() - written - set(also))),
        *(f"other places: {text}" for text, told in table.items() if _places(text) != _places(told)),
    ]


def _said(tree: ast.AST, name: str) -> Iterator[str]:
    """The sentences that are asked for where they are written, also one of two."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name and node.args:
            yield from _choices(node.args[0])


def _choices(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _choices(node.body)
        yield from _choices(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _places(text: str) -> Counter[str]:
    return Counter({place: 1 for _, place, _, _ in Formatter().parse(text) if place is not None})
