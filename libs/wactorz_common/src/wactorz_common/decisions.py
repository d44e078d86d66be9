"""A plain yes or no, as people type it; pure."""

import re

_YES = frozenset({
    "yes", "y", "yes please", "ok", "okay", "sure", "approve", "approved", "do it", "go ahead", "yep",
    "ja", "ja bitte", "jawohl", "klar", "genehmigt", "mach das", "mach es", "gerne",
})  # fmt: skip
_NO = frozenset({
    "no", "n", "no thanks", "nope", "cancel", "deny", "denied", "reject", "rejected", "don't", "do not", "never mind",
    "nein", "nein danke", "nee", "abbrechen", "abgelehnt", "lass es", "lieber nicht",
})  # fmt: skip

_WITH_PIN = re.compile(r"^(?P<yes>\w+)[,:]?\s+(?:pin\s+)?(?P<pin>\d{4,64})[.!]?$", re.IGNORECASE)
_TYPED_PIN = re.compile(r"^/(?:approve|deny)(?:\(\))?\s+(?:\d{4,15}$|\S+\s+\S)", re.IGNORECASE)  # ids are longer
_PIN_ALONE = re.compile(r"^(?P<word>pin[:,]?\s+)?\d{4,64}[.!]?$", re.IGNORECASE)
_MENTION = re.compile(r"^@\S+\s+")


def read_decision(text: str) -> bool | None:
    """Whether a text says yes or no, and nothing else; None when it says neither."""
    plain = " ".join(re.sub(r"[^\w' ]+", " ", text.casefold()).split())
    return True if plain in _YES else False if plain in _NO else None


def read_pin(text: str) -> str:
    """The PIN after a yes, as in "yes 2468"; empty when the text is something else."""
    found = _WITH_PIN.match(" ".join(text.split()))
    return found["pin"] if found is not None and read_decision(found["yes"]) else ""


def holds_pin(text: str, *, asked: bool = False) -> bool:
    """Whether a PIN seems to be in a text, so that it must not travel, be kept or reach a model.

    `asked`: a question is open where it was said; then a number alone, and a yes with one to any agent, counts too.
    """
    whole = " ".join(text.split())
    plain = _MENTION.sub("", whole)
    if _TYPED_PIN.match(plain):
        return True
    if plain != whole and not asked:
        return False
    alone, after = _PIN_ALONE.match(plain), _WITH_PIN.match(plain)
    if after is not None and read_decision(after["yes"]) is not None:
        return True
    return alone is not None and (asked or alone["word"] is not None)
