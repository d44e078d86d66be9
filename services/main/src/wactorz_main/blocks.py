"""Action blocks in a model's text: <spawn>, <delete> and <delegate>, read with patience; pure."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["spawn", "delete", "delegate"]

_BLOCK = re.compile(r"<(spawn|delete|delegate)>(.*?)(?:</\1>|(\Z))", re.DOTALL | re.IGNORECASE)
_STRAY = re.compile(r"</(?:spawn|delete|delegate)>", re.IGNORECASE)
_FENCE = re.compile(r"^```[a-z]*\s*\n(.*?)\n?```$", re.DOTALL)
_QUOTED_BACK = re.compile(r'("code"\s*:\s*)(`{1,3})(?:python\n)?(.*?)\2(?=\s*[,}])', re.DOTALL)
_CODE_BEGINS = re.compile(r'"code"\s*:\s*"')
_MAY_END = re.compile(r'"(?=\s*(?:,\s*"\w+"\s*:|\}\s*$))')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SAID = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "t": "\t", "r": "\r"}
_MOST_ENDS = 200
_MOST_BLOCKS = 8


@dataclass(frozen=True)
class Block:
    """One block: where it stands in the text, what it asks for, and why it cannot be read if it cannot."""

    kind: Kind
    start: int
    end: int
    body: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


def read(text: str) -> list[Block]:
    """Every block of a text, in order; one that is not closed reaches to the end."""
    return [_block(found) for found, _ in zip(_BLOCK.finditer(text), range(_MOST_BLOCKS), strict=False)]


def shown(text: str, blocks: list[Block], results: list[str]) -> str:
    """The text as a person sees it: each block replaced in place by its result."""
    parts, at = list[str](), 0
    for block, result in zip(blocks, results, strict=True):
        parts += [text[at : block.start], result]
        at = block.end
    rest = _STRAY.sub("", _BLOCK.sub("", text[at:]))
    return re.sub(r"\n{3,}", "\n\n", "".join([*parts, rest])).strip()


def _block(found: "re.Match[str]") -> Block:
    kind: Kind = {"spawn": "spawn", "delete": "delete"}.get(found[1].lower(), "delegate")  # type: ignore[assignment]
    body, problem = parse_object(found[2])
    if found[3] is not None:
        problem = f"the <{kind}> block has no end: write all of it, up to </{kind}>"
    elif kind == "delete" and problem and found[2].strip() and not found[2].lstrip().startswith("{"):
        body, problem = {"name": found[2].strip().strip("\"'")}, ""
    return Block(kind, found.start(), found.end(), {} if problem else body, problem)


def parse_object(text: str) -> tuple[dict[str, Any], str]:
    """The JSON object of a block, or what is wrong with it; never both."""
    plain = text.strip()
    fenced = _FENCE.match(plain)
    if fenced:
        plain = fenced[1].strip()
    problem = "it is no JSON object"
    for candidate in _readings(plain):
        try:
            value = json.loads(candidate, strict=False)
        except (ValueError, RecursionError) as error:
            problem = f"it is no valid JSON ({error})" if candidate is plain else problem
            continue
        if isinstance(value, dict):
            return value, ""
    return {}, problem


def _readings(text: str) -> Iterator[str]:
    """The text itself, then what it may have been meant to be."""
    yield text
    if _QUOTED_BACK.search(text):
        yield _QUOTED_BACK.sub(lambda found: found[1] + json.dumps(found[3]), text, count=1)
    begins = _CODE_BEGINS.search(text)
    if begins is None:
        return
    for ends, _ in zip(_MAY_END.finditer(text, begins.end()), range(_MOST_ENDS), strict=False):
        code = _unescaped(text[begins.end() : ends.start()])
        yield text[: begins.end() - 1] + json.dumps(code) + text[ends.end() :]


def _unescaped(code: str) -> str:
    """Code from between quotes: where its lines are broken as they are, an escaped break belongs to the code itself."""
    raw = "\n" in code
    return _ESCAPE.sub(lambda found: found[0] if raw and found[1] in "ntr" else _SAID.get(found[1], found[0]), code)
