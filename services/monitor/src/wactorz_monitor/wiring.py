"""What an agent that is to be spawned would do on the bus, as its specification and its code say; pure."""

import ast
import warnings
from collections.abc import Iterator
from typing import Any

from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.contracts.topics import WiringCheck, WiringVerdict

_HEARING, _SPEAKING = ("subscribe", "window", "mqtt_get"), ("publish",)
_SCHEMAS = {"produces_schema": "produces_schema", "consumes_schema": "consumes_schema", "schema": "produces_schema",
            "output_schema": "produces_schema", "input_schema": "consumes_schema"}  # fmt: skip
_MOST, _MOST_SHOWN = 50, 5
_LONGEST = 200


def wish_of(spec: SpawnSpec) -> WiringCheck | None:
    """What is to be checked; None when the agent neither listens nor speaks, or its code cannot be read."""
    read = _Reading()
    if spec.kind == "dynamic":
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                read.take(ast.parse(spec.code))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    subscribes, publishes = _once(*spec.subscribes, *read.hears), _once(*spec.publishes, *read.speaks)
    if not subscribes and not publishes:
        return None
    consumes = {**read.fields, **read.schemas["consumes_schema"], **spec.consumes_schema}
    return WiringCheck(
        name=spec.name, publishes=publishes, subscribes=subscribes, consumes_schema=consumes,
        produces_schema={**read.schemas["produces_schema"], **spec.produces_schema},
    )  # fmt: skip


def warning_of(verdict: WiringVerdict) -> str:
    """What is wrong, for a person and for the model that wrote it; empty when nothing is."""
    problems = [problem.text for problem in verdict.problems[:_MOST_SHOWN]]
    return f" Check its topics: {'; '.join(problems)}." if problems else ""


def _once(*topics: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(topic for topic in topics if 0 < len(topic) <= _LONGEST))[:_MOST]


class _Reading:
    """Topics and fields that stand in code as plain text."""

    def __init__(self) -> None:
        self.hears: list[str] = []
        self.speaks: list[str] = []
        self.fields: dict[str, str] = {}
        self.schemas: dict[str, dict[str, Any]] = {"produces_schema": {}, "consumes_schema": {}}
        self._callbacks: list[ast.expr] = []

    def take(self, tree: ast.Module) -> None:
        """Read a program."""
        functions: dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                functions.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_agent(node.func.value):
                self._call(node.func.attr, node)
        for callback in self._callbacks:
            for function in functions.get(callback.id, []) if isinstance(callback, ast.Name) else []:
                for name in _fields_read(function):
                    self.fields.setdefault(name, "")

    def _call(self, method: str, call: ast.Call) -> None:
        topic = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
        if isinstance(topic, str):
            self.hears += [topic] if method in _HEARING else []
            self.speaks += [topic] if method in _SPEAKING else []
        if method == "subscribe" and len(call.args) > 1:
            self._callbacks.append(call.args[1])
        if method == "declare_contract":
            self._declared(call)

    def _declared(self, call: ast.Call) -> None:
        for keyword in call.keywords:
            try:
                value = ast.literal_eval(keyword.value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                continue
            topics = [value] if isinstance(value, str) else value
            if keyword.arg in ("publishes", "subscribes") and isinstance(topics, list | tuple):
                target = self.speaks if keyword.arg == "publishes" else self.hears
                target += [topic for topic in topics if isinstance(topic, str)]
            elif keyword.arg in _SCHEMAS and isinstance(value, dict):
                self.schemas[_SCHEMAS[keyword.arg]] |= {str(name): text for name, text in value.items()}


def _is_agent(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("agent", "self")


def _fields_read(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Fields of the payload that a callback cannot do without: payload["a"]["b"], payload.get("a") by itself."""
    if not function.args.args:
        return
    payload = function.args.args[-1].arg
    optional = {id(part) for node in ast.walk(function) for part in _alternatives(node)}
    inner: set[int] = set()
    for node in ast.walk(function):
        if id(node) in inner or id(node) in optional or not isinstance(node, ast.Subscript | ast.Call):
            continue
        path = _path(node, payload, inner)
        if path:
            yield ".".join(path)


def _alternatives(node: ast.AST) -> Iterator[ast.AST]:
    """Parts that are tried one after the other, so that no single one has to be there."""
    tried: list[ast.expr] = node.values if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) else []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        default = node.args[1:]
        if default and not isinstance(default[0], ast.Constant | ast.Dict | ast.List):
            tried = [node, *default]
    for part in tried:
        yield from ast.walk(part)


def _path(node: ast.expr, payload: str, inner: set[int]) -> list[str]:
    """The levels of payload["a"]["b"] or payload.get("a", {}).get("b"); empty for anything else."""
    found: list[str] = []
    while True:
        if isinstance(node, ast.Name):
            return found[::-1] if node.id == payload else []
        key: ast.expr | None = None
        if isinstance(node, ast.Subscript):
            key, below = node.slice, node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            key, below = (node.args[0] if node.args else None), node.func.value
        else:
            return []
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return []
        found.append(key.value)
        inner.add(id(below))
        node = below
