"""The real fields of topics that a person names, for the model that is to write an agent; pure."""

import re
from collections.abc import Iterable

from wactorz_common.contracts.topics import FieldSeen, TopicSeen
from wactorz_main.prompts import fenced

MOST_TOPICS = 5
_MOST_FIELDS, _LONGEST_NAME = 15, 60
_NAMED = re.compile(r"\b(?:custom|sensors|home|synapse|schedule|homeassistant|agents)(?:/[\w.+#{}-]+)+")
_INNER = 2
"""Levels of a field's path that are told."""


def named(text: str) -> tuple[str, ...]:
    """The topics that a text names."""
    return tuple(dict.fromkeys(one.rstrip(".") for one in _NAMED.findall(text)))[:MOST_TOPICS]


def keyword_of(topic: str) -> str:
    """What is looked for: the part of a topic before its first wildcard."""
    return re.split(r"/?[+#{]", topic, maxsplit=1)[0]


def block(topics: Iterable[TopicSeen]) -> str:
    """The topics with their fields as a piece of a prompt; empty when nothing is known of them."""
    lines = [f"{topic.topic[:200]}: {', '.join(map(_told, _shown(topic.fields)))}" for topic in topics if topic.fields]
    if not lines:
        return ""
    return f"Topics with the fields that their messages really have:\n{fenced(chr(10).join(lines[:MOST_TOPICS]))}"


def _shown(fields: Iterable[FieldSeen]) -> list[FieldSeen]:
    return [one for one in fields if one.name and one.name.count(".") <= _INNER][:_MOST_FIELDS]


def _told(field: FieldSeen) -> str:
    facts = " ".join(filter(None, (" or ".join(field.types[:2]), f"in {field.unit}" if field.unit else "")))
    return f"{field.name[:_LONGEST_NAME]} ({facts})" if facts else field.name[:_LONGEST_NAME]
