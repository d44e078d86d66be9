"""What a wish means, as far as words tell: whether it asks for a rule, and when two wishes are one; pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+(?:[.,:]\d+)*")
_STOP_WORDS = frozenset(
    _WORD.findall(
        "a an the and or then also so just now please can could would will you i me my we us our your it its to of for "
        "in on at with from is are be do does that this there kindly want need like let lets some any about into them "
        "ein eine einen einem einer der die das den dem des und oder dann auch mal nun jetzt bitte kannst könntest "
        "würdest du ich mir mich mein meine wir uns unser es zu von für im in am auf mit aus ist sind sei sie ihnen"
    )
)
_OPENERS = r"(?:if|when(?:ever)?|as soon as|every time|each time|once|wenn|falls|sobald|immer wenn|jedes mal,? wenn)"
_DEEDS = "turn|switch|send|notify|tell|warn|alert|remind|open|close|lock|call|start|stop"
_TIMES = (
    "min|sec|hour|day|morning|evening|night|week|midnight|sek|stunde|tag|morgen|abend|nacht|woche|"
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
)
_REACTIVE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^\W*(?:please\s+|bitte\s+)?{_OPENERS}\b",
        r"\bwhenever\b|\bevery time\b|\bas soon as\b|\bimmer wenn\b|\bsobald\b|\bjedes mal,? wenn\b",
        r"[,;]?\s(?:if|when|wenn|falls)\b.{3,},|\bif\b.{3,}\bthen\b",
        rf"\b(?:{_DEEDS})\b.{{2,}}\b(?:if|when|whenever)\b.{{3,}}",
        r"\b(?:notify|alert|warn|remind|tell) me (?:if|when|whenever|about any|each|every)\b",
        rf"\b(?:every|each|alle|jede[nrs]?)\s+(?:\d+\s*)?(?:{_TIMES})",
        r"\b(?:daily|hourly|weekly|täglich|stündlich|wöchentlich)\b",
        r"\b(?:at|um)\s+\d{1,2}(?::\d{2}|\s*(?:am|pm|uhr))\b",
        r"^\W*(?:monitor|watch|keep an eye on|überwache)\b",
    )
)


def is_reactive(task: str) -> bool:
    """Whether a wish asks for something that happens again and again, which is a rule and no plan."""
    return any(pattern.search(task) for pattern in _REACTIVE)


def normalized(task: str) -> str:
    """The words of a wish that carry meaning, lower case, in their order."""
    words = _WORD.findall(unicodedata.normalize("NFKC", task).casefold())
    return " ".join([word for word in words if word not in _STOP_WORDS] or words)


def key_of(task: str, agents: Iterable[str]) -> str:
    """What two wishes share that mean the same beside the same agents; twelve hexadecimal digits."""
    text = "\0".join((normalized(task), *sorted(set(agents))))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:12]


def plan_id_of(task_id: str) -> str:
    """The id of the plan that a task makes: the same when the task is run again."""
    return hashlib.sha256(task_id.encode(errors="surrogatepass")).hexdigest()[:8]
