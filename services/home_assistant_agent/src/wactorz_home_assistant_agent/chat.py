"""What a person types to this agent about automations, hardware and reasons; pure."""

import re
from dataclasses import dataclass
from typing import Literal

from wactorz_common.decisions import read_decision

Verb = Literal[
    "list", "show", "create", "change", "enable", "disable", "delete", "undo", "yes", "no", "why", "hardware"
]

ABILITIES = (
    "About automations: list automations, explain automation NAME, create an automation: SENTENCE, "
    "change automation NAME: SENTENCE, enable, disable or delete automation NAME, undo. "
    "Besides: why is the kitchen light on, what do I need to be warned of a leak."
)

_A = r"(?:please )?"
_AUTOMATION = r"(?:(?:the|my|an|a|home assistant'?s?)\s+)*(?:home assistant\s+)?automation"
_PATTERNS: tuple[tuple[Verb, str], ...] = (
    ("undo", rf"^/?{_A}undo(?: (?:that|it|the last(?: change)?))?$"),
    ("list", (rf"^{_A}(?:list|show|what are|which are)(?: me)?(?: all| the| my| home assistant'?s?)* automations"
             r"(?: (?:about|for|with|in|of) (?P<name>.+))?$")),
    ("list", r"^automations$"),
    ("create", (rf"^{_A}(?:create|make|add|write|build|set up) {_AUTOMATION}(?: in home assistant)?"
               r"(?:[:,]? (?:that|which|to))?[:,]?\s+(?P<task>.+)$")),
    ("create", rf"^{_A}automate[:,]?\s+(?P<task>.+)$"),
    ("change", (rf"^{_A}(?:change|edit|modify|update) {_AUTOMATION} (?P<name>[^:]+?)"
                r"\s*(?::|\bso that\b)\s*(?P<task>.+)$")),
    ("show", rf"^{_A}(?:explain|describe|show|what does)(?: me)? {_AUTOMATION} (?P<name>.+?)(?: do(?:es)?)?$"),
    ("delete", rf"^{_A}(?:delete|remove) {_AUTOMATION} (?P<name>.+)$"),
    ("enable", rf"^{_A}(?:enable|turn on|switch on|activate) {_AUTOMATION} (?P<name>.+)$"),
    ("disable", rf"^{_A}(?:disable|turn off|switch off|deactivate) {_AUTOMATION} (?P<name>.+)$"),
    ("hardware", (rf"^{_A}(?:what|which)(?: hardware| devices?| sensors?| things)? (?:do|would|will) (?:i|we) need"
                 r" (?:to|for|so that|if)\s+(?P<task>.+)$")),
    ("hardware", (rf"^{_A}(?:recommend|suggest)(?: me)?(?: some)? (?:hardware|devices?|sensors?)(?: for| to)?"
                  r"\s+(?P<task>.+)$")),
    ("why", rf"^/?{_A}why(?: (?:is|are|did|was|were|has|have|does))?(?: (?:the|my))?(?: (?P<name>.+))?$"),
)  # fmt: skip
_COMPILED = tuple((verb, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for verb, pattern in _PATTERNS)


@dataclass(frozen=True)
class Wanted:
    """What is wanted; of which automation or entity, and in which words."""

    verb: Verb
    name: str = ""
    task: str = ""


def parse(text: str) -> Wanted | None:
    """Read a text; None when it is about something else."""
    plain = " ".join(text.split()).rstrip("?!. ")
    said = read_decision(plain)
    if said is not None:
        return Wanted("yes" if said else "no")
    for verb, pattern in _COMPILED:
        found = pattern.match(plain)
        if found is not None:
            groups = found.groupdict()
            return Wanted(verb, _bare(groups.get("name") or ""), (groups.get("task") or "").strip())
    return None


def _bare(name: str) -> str:
    return name.strip().strip("\"'“”„")
