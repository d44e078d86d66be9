"""What main asks beside the answer itself: what a sentence is about, a summary, new facts. Simple rules answer it.

A script holds what answers a person; it is not used up by these questions.
"""

import re
from typing import Any

from wactorz_testing import anthropic_brain
from wactorz_testing.anthropic_agents import wanted
from wactorz_testing.model_replies import Answer, Reply, call

_INTENT, _SUMMARIES = "Classify a message to the assistant", ("Sum up a part of a conversation", "Make one summary of")
_FACTS = "keep_facts"
_ABOUT_HOME = re.compile(r"\b(?:devices?|entities|automations?|sensors?|areas?|rooms?)\b", re.IGNORECASE)


def aside(body: dict[str, Any]) -> Reply | None:
    """The answer to a question beside; None when it is another question."""
    system = "\n".join(anthropic_brain.texts(body.get("system") or ""))
    if system.startswith(_INTENT):
        return Answer(intent(anthropic_brain.sentence_of(body)))
    if system.startswith(_SUMMARIES):
        return Answer("They talked about the home.")
    forced = (body.get("tool_choice") or {}).get("name")
    return call(_FACTS, {"facts": []}) if forced == _FACTS else None


def intent(sentence: str) -> str:
    """The word that a cheap model says of a sentence."""
    if wanted(sentence) is not None:
        return "OTHER"
    if anthropic_brain.RULE.match(sentence):
        return "PIPELINE"
    if any(re.search(wish.says, sentence, re.IGNORECASE) for wish in anthropic_brain.VAGUE):
        return "ACTUATE"
    return "HA" if _ABOUT_HOME.search(sentence) else "OTHER"
