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


def read_decision(text: str) -> bool | None:
    """Whether a text says yes or no, and nothing else; None when it says neither."""
    plain = " ".join(re.sub(r"[^\w' ]+", " ", text.casefold()).split())
    return True if plain in _YES else False if plain in _NO else None
