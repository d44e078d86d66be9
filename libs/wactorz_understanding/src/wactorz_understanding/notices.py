"""What people are to be told by a rule: heads such as "notify me on Discord", and the message after them."""

import re
from collections.abc import Iterator

from wactorz_common.contracts.rules import NoticeAction, TaskAction
from wactorz_understanding.grammar import Grammar
from wactorz_understanding.literals import QUOTE
from wactorz_understanding.sentences import plain_signs
from wactorz_understanding.targets import Place

_LONGEST = 1_000
_TASK = re.compile(r"(?:^|\s)@([a-zA-Z][\w-]{0,63})\s+(\S.*)$")
_WORD = re.compile(r"[^\s,;]+")


def read_notices(text: str, grammar: Grammar, place: Place) -> tuple[NoticeAction, ...]:
    """Read a text as one wish to be told, at one place or at two; none when its message may be something to do."""
    if not place.language.tell.search(text):
        return ()
    for head, message in _heads(text, place):
        for match in grammar.read("notices", head):
            said = as_typed(message, place) if message else ""
            if (match.intent == "with_message") == bool(message) and len(said) <= _LONGEST and "$" not in said:
                severity = "critical" if "urgent" in match.slots else "info"
                targets = [str(match.slots[key]) for key in ("channel", "channel_too") if key in match.slots]
                return tuple(NoticeAction(target=t, text=said, severity=severity) for t in targets or [""])
    return ()


def _heads(text: str, place: Place) -> Iterator[tuple[str, str]]:
    """Every way to cut a text into the wish and the message; a message ends with the text."""
    yield text, ""
    for found in place.language.saying.finditer(text):
        message = text[found.end() :].strip(" ,:")
        if message and (_is_quote(message) or _is_plain(message, place)):
            yield f"{text[: found.end()].strip(' ,:')} {QUOTE}", message
    quote = text.rfind(f" {QUOTE}")
    if quote > 0 and _is_quote(text[quote:].strip()):
        yield f"{text[:quote].strip(' ,:')} {QUOTE}", text[quote:].strip()


def _is_quote(message: str) -> bool:
    return message.startswith(QUOTE) and " " not in message


def _is_plain(message: str, place: Place) -> bool:
    """Whether a message that is not quoted says nothing else to do, no other time and no other message."""
    language = place.language
    if QUOTE in message or language.rule.search(message) or language.hours.search(message):
        return False
    rest = (message[found.end() :] for found in language.join.finditer(message))
    return not any(language.verb.match(part) or language.tell.match(part) for part in rest)


def read_task(text: str, place: Place) -> tuple[str, TaskAction] | None:
    """What stands before a task for an agent ("@weather-agent forecast"), and the task, which ends with the text."""
    found = _TASK.search(text)
    if found is None or place.language.rule.search(found[2]) or "@" in found[2]:
        return None
    before = re.sub(r"(?:,|\s)*$", "", text[: found.start()])
    return before, TaskAction(agent=found[1], task=as_typed(found[2], place))


def as_typed(text: str, place: Place) -> str:
    """A part of a sentence as the person typed it, its letters and quotes included."""
    return _WORD.sub(lambda word: place.literals.get(word[0]) or place.typed.get(word[0], word[0]), text)


def typed_words(raw: str) -> dict[str, str]:
    """How the words of a sentence were typed, by their plain spelling, where that is another."""
    words = (word.strip("\"'.!?()“”„") for word in _WORD.findall(raw))
    return {plain: word for word in words if (plain := plain_signs(word).strip()) not in {"", word}}
