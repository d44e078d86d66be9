"""Reads YAML as plain data: no tags, no aliases, no surprises with on and 22:00, and the line of each part; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from wactorz_planner.german import phrase

LONGEST = 200_000
"""Characters."""

_DEEPEST = 20
_FIRST_LETTERS: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


class YamlProblem(ValueError):
    """A text is no YAML that is taken; the message names the line."""


@dataclass
class Part:
    """A value with the line on which it begins; those of its own parts by key or place."""

    value: Any
    line: int
    parts: "dict[Any, Part]" = field(default_factory=dict)

    def line_of(self, *path: Any) -> int:
        """The line of what lies at a path, as far as it can be followed."""
        part = self
        for step in path:
            if step not in part.parts:
                break
            part = part.parts[step]
        return part.line


class _Loader(yaml.SafeLoader):
    """Resolves true, false, null and numbers only, as YAML 1.2 does."""

    yaml_implicit_resolvers = _FIRST_LETTERS


_PATTERNS = (
    ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF"),
    ("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), "~nN\0"),
    ("tag:yaml.org,2002:int", re.compile(r"^[-+]?\d+$"), "-+0123456789"),
    ("tag:yaml.org,2002:float", re.compile(r"^[-+]?(?:\d+\.\d*|\.\d+)(?:[eE][-+]\d+)?$"), "-+0123456789."),
)
for _tag, _pattern, _letters in _PATTERNS:
    for _letter in _letters:
        _FIRST_LETTERS.setdefault("" if _letter == "\0" else _letter, []).append((_tag, _pattern))


def documents(text: str) -> Iterator[Part | YamlProblem]:
    """The documents of a text, in order; what cannot be read ends them with a problem."""
    if len(text) > LONGEST:
        yield YamlProblem(
            phrase("The file has {text} characters; at most {LONGEST} are read.", text=len(text), LONGEST=LONGEST)
        )
        return
    try:
        for node in yaml.compose_all(text, Loader=_Loader):
            try:
                yield _part(node, set(), 0)
            except YamlProblem as problem:
                yield problem
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        yield YamlProblem(
            phrase(
                "line {line}: {problem}",
                line=mark.line + 1 if mark else "?",
                problem=error.problem or phrase("this is no YAML"),
            )
        )
    except RecursionError:
        yield YamlProblem(phrase("The file is nested deeper than {DEEPEST} levels.", DEEPEST=_DEEPEST))
    except yaml.YAMLError as error:
        yield YamlProblem(phrase("The file is no YAML: {splitlines}", splitlines=str(error).splitlines()[0]))


class _Dumper(yaml.SafeDumper):
    """Writes odd line ends and control characters escaped, as a plain text would not keep them."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Write everything out."""
        return True


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if _ODD.search(text) else None)


_ODD = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff]")
_Dumper.add_representer(str, _quoted)


def write(documents: list[dict[str, Any]]) -> str:
    """Documents as text, in the order of their keys."""
    return yaml.dump_all(
        documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, explicit_start=len(documents) > 1,
        default_flow_style=False,
    )  # fmt: skip


def _part(node: Any, above: set[int], depth: int) -> Part:
    if node is None:
        return Part(None, 1)
    line = node.start_mark.line + 1
    if id(node) in above:
        raise YamlProblem(phrase("line {line}: write it out; references (& and *) are not taken", line=line))
    above.add(id(node))
    if depth > _DEEPEST:
        raise YamlProblem(phrase("line {line}: nested deeper than {DEEPEST} levels", line=line, DEEPEST=_DEEPEST))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, line, above, depth)
    if isinstance(node, yaml.SequenceNode):
        parts = {place: _part(child, above, depth + 1) for place, child in enumerate(node.value)}
        return Part([part.value for part in parts.values()], line, parts)
    return Part(_scalar(node, line), line)


def _mapping(node: Any, line: int, above: set[int], depth: int) -> Part:
    parts: dict[Any, Part] = {}
    for key_node, child in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlProblem(phrase("line {line}: a key must be a word", line=key_node.start_mark.line + 1))
        if key_node.value in parts:
            raise YamlProblem(
                phrase("line {line}: '{value}' is said twice", line=key_node.start_mark.line + 1, value=key_node.value)
            )
        part = _part(child, above, depth + 1)
        part.line = key_node.start_mark.line + 1
        parts[key_node.value] = part
    return Part({key: part.value for key, part in parts.items()}, line, parts)


def _scalar(node: Any, line: int) -> Any:
    kind, text = node.tag.rpartition(":")[2], node.value
    if kind == "str":
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return text.casefold() == "true"
    try:
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
    except ValueError as error:
        raise YamlProblem(phrase("line {line}: {text} is no number", line=line, text=text[:40])) from error
    raise YamlProblem(phrase("line {line}: tags such as !{kind} are not taken", line=line, kind=kind))
