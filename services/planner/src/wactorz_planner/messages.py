"""Messages on topics: read safely, compared with what a trigger waits for; pure."""

import hashlib
import json
import math
import re
import unicodedata
from typing import Any

from wactorz_common.comparisons import compare, reach
from wactorz_common.contracts.rules import DETECTIONS, RULE_TOPICS, DetectionTrigger, MqttTrigger, RuleDraft
from wactorz_common.rights import covers, is_filter
from wactorz_planner.german import phrase
from wactorz_planner.readings import Reading

LONGEST = 64 * 1024
"""Bytes of a message that rules look into."""

MISSING = object()
"""A message has no such field."""

_LONGEST_SLUG = 48
_TRUE = frozenset({"true", "on", "yes", "1", "1.0"})


def read(data: bytes) -> Any:
    """The value of a message: its JSON, else its text. ValueError when it is neither, or too long."""
    if len(data) > LONGEST:
        raise ValueError(f"longer than {LONGEST} bytes")
    text = data.decode("utf-8")
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return text.strip()


def reading_of(value: Any, at: float) -> Reading:
    """A message as a reading: objects and lists can be reached into, everything else is its state."""
    if isinstance(value, dict | list):
        return Reading(json.dumps(value, ensure_ascii=False, separators=(",", ":")), value, at, at)  # type: ignore[arg-type]  # lists are reached into as well
    return Reading(plain(value), {}, at, at)


def plain(value: Any) -> str:
    """A scalar as people read it; nothing is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) and math.isfinite(value) else str(value)


def field_of(path: str, value: Any) -> Any:
    """What lies at a dotted path of a message, the whole for an empty one; MISSING when nothing does."""
    found = value if not path else reach(value, path)
    return MISSING if found is None else found


def meets(trigger: MqttTrigger, value: Any) -> bool:
    """Whether the last value meets the comparison."""
    return compare(value, trigger.operator, trigger.value)


def detected(trigger: DetectionTrigger, value: Any) -> bool | None:
    """Whether a message of a camera agent says what the trigger waits for; None when it says nothing about it."""
    if not isinstance(value, dict) or "detected" not in value:
        return None
    target = value.get("target")
    if isinstance(target, str) and target and target.casefold() != trigger.target.casefold():
        return None
    return (plain(value["detected"]).casefold() in _TRUE) != trigger.gone


def filter_of(draft: RuleDraft) -> str:
    """The topic, with + and #, that a rule's trigger listens to; empty when it listens to none."""
    match draft.trigger:
        case MqttTrigger(topic=topic):
            return topic
        case DetectionTrigger() as trigger:
            return DETECTIONS.topic(slug=watch_slug(trigger))
    return ""


def filters_of(draft: RuleDraft) -> tuple[str, ...]:
    """Every topic that a rule listens to, also for its conditions; each once."""
    wanted = (filter_of(draft), *(condition.topic for condition in draft.conditions))
    return tuple(dict.fromkeys(topic for topic in wanted if topic))


def watch_slug(trigger: DetectionTrigger) -> str:
    """The name of a watch: the same for all rules that look for the same with the same camera."""
    camera = trigger.camera.strip().casefold()
    said = f"{trigger.target.strip().casefold()} {camera}".strip()
    folded = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    if said.isascii() and slug and len(slug) <= _LONGEST_SLUG:
        return slug
    mark = hashlib.sha256(said.encode()).hexdigest()[:8]
    return f"{slug[:_LONGEST_SLUG].strip('-')}-{mark}".strip("-")


def problem_of(topic: str, *, wild: bool = True) -> str:
    """Why rules cannot listen to a topic, as a sentence; empty when they can."""
    if not is_filter(topic):
        return phrase("'{topic}' is no topic.", topic=topic)
    if not wild and ("+" in topic or "#" in topic):
        return phrase("A condition looks at one topic, so {topic} must not hold + or #.", topic=topic)
    if not covers(RULE_TOPICS, topic):
        return phrase(
            "Rules cannot listen to {topic}; they hear {RULE_TOPICS}.", topic=topic, RULE_TOPICS=", ".join(RULE_TOPICS)
        )
    return ""


def _no_number(name: str) -> Any:
    raise ValueError(name)
