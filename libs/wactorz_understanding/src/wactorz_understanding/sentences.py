"""From what a person typed to plain text that templates can read."""

import re
import unicodedata
from dataclasses import dataclass

from wactorz_understanding.language import Language
from wactorz_understanding.spelling import plain_letters

MAX_CHARACTERS = 500
"""Longer texts are not sentences to a house."""

MAX_WORDS = 80

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "…": ".", "–": "-", "—": "-", "−": "-"})  # noqa: RUF001
_MINUS = re.compile(r"(?<![\w.,])-(?=\d)")
_UNIT = re.compile(r"(?<=\d)\s*(?=[%°])")
_NUMBER = re.compile(r"\d{1,7}(?:[.,]\d{1,3})?(?![\d.,]*\d)")
_CLOCK = re.compile(r"(?<![\d.,:])(\d{1,2})(?:[:.](\d\d))?(?![\d.,:]*\d)")
_MOST_HOURS, _HOUR = 24, 60
_PICTURES = frozenset({"So", "Sk", "Cf", "Me"})
_SPACE = re.compile(r"\s+")
_END = re.compile(r"[\s.!,;:]+$")


@dataclass(frozen=True)
class Sentence:
    """Text without politeness.

    `asked` when it ends with a question mark, `requested` when it was a polite wish, `said_now` when it ends with
    "now", `automation` when the person wants Home Assistant itself to run a rule. `raw` is what was typed.
    """

    text: str
    asked: bool
    requested: bool
    said_now: bool = False
    automation: bool = False
    raw: str = ""


def prepare(text: str, language: Language) -> Sentence | None:
    """Normalize the text; None when it cannot be a sentence (empty, too long, control characters)."""
    if len(text) > MAX_CHARACTERS:
        return None
    raw = text = unicodedata.normalize("NFC", text)
    text = text.translate(_QUOTES)
    if any(unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"} and sign not in "\t\n\r" for sign in text):
        return None
    text = _SPACE.sub(" ", plain_signs(text)).strip()
    asked = text.rstrip(' "!.').endswith("?")
    text = _END.sub("", text.rstrip("?!. "))
    if "?" in text or len(text.split()) > MAX_WORDS:
        return None
    for short, full in language.contractions:
        text = short.sub(full, text)
    text, automation = _without_automation(text, language)
    said_now = language.now.search(text) is not None
    text, requested = _without_politeness(text, language)
    text = language.thousands.sub("", text)
    text = language.glued.sub(" ", _UNIT.sub(" ", _MINUS.sub(f"{language.data['words']['minus']} ", text)))
    return Sentence(text, asked, requested, said_now, automation, raw) if text else None


def _without_automation(text: str, language: Language) -> tuple[str, bool]:
    """The text without the wish that Home Assistant itself runs the rule, its verbs as in a command."""
    left = _SPACE.sub(" ", language.automation.sub(" ", text)).strip(" ,:")
    if left == text:
        return text, False
    for said, meant in language.data["words"]["deeds"].items():
        left = re.sub(rf"(?<!\w){said}(?!\w)", meant, left, flags=re.IGNORECASE)
    return left, True


def plain_signs(text: str) -> str:
    """Text without pictures and double quotes, which nobody speaks, and in one spelling."""
    return plain_letters("".join(" " if _is_picture(sign) else sign for sign in text))


def _is_picture(sign: str) -> bool:
    return sign == '"' or (sign != "°" and unicodedata.category(sign) in _PICTURES)


def numbers_in(text: str, language: Language) -> dict[str, float]:
    """The numbers that stand in a text, as written."""
    negative = {match.end(): match[0] for match in language.minus.finditer(text)}
    found = {}
    for match in _NUMBER.finditer(text):
        value = float(match[0].replace(",", "."))
        sign = negative.get(match.start())
        found[f"{sign}{match[0]}" if sign else match[0]] = -value if sign else value
    return found


def clocks_in(text: str) -> dict[str, int]:
    """Times of day that stand in a text in digits, in minutes after midnight."""
    found = {}
    for match in _CLOCK.finditer(text):
        hours, minutes = int(match[1]), int(match[2] or 0)
        if hours <= _MOST_HOURS and minutes < _HOUR:
            found[match[0]] = (hours * _HOUR + minutes) % (24 * _HOUR)
    return found


def _without_politeness(text: str, language: Language) -> tuple[str, bool]:
    requested = False
    for _ in range(5):
        before = text
        text = language.lead.sub("", text, count=1)
        if language.request.match(text):
            requested = True
            text = language.request.sub("", text, count=1)
        text = _END.sub("", language.ending.sub("", text, count=1))
        if text == before:
            break
    return text, requested
