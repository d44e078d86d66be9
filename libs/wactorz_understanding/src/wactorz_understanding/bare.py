"""Languages without a file of their own: what the shared intent pack gives, and nothing else."""

from typing import Any

_NEVER = "(?!)"
_NO_SPACES = frozenset({"ja", "zh-CN", "zh-HK", "zh-TW", "th"})


def bare_codes() -> tuple[str, ...]:
    """Languages of the shared pack; without those that put no spaces between words, whose names are not found."""
    from home_assistant_intents import get_languages  # noqa: PLC0415  # importing the package must stay cheap

    return tuple(sorted(set(get_languages()) - _NO_SPACES))


def bare_data(english: dict[str, Any], code: str) -> dict[str, Any]:
    """The parts of a language file without a word in them; what is said to a person is in English."""
    words = dict.fromkeys(english["words"], _NEVER)
    words |= {key: english["words"][key] for key in ("minus", "thousands")}
    return {
        **english,
        "language": code,
        "warm_up": english["warm_up"][:1],
        "words": {**words, "contractions": {}, "slips": {}, "deeds": {}, "pronouns": {"one": _NEVER, "many": _NEVER}},
        "kinds": {kind: {"one": "", "many": "", "members": said["members"]} for kind, said in english["kinds"].items()},
        "floors": {way: [] for way in english["floors"]},
        "compounds": {"joints": [], "drop": []},
        "suffixes": {},
        "plurals": [],
        "rules": {},
        "lists": {name: {"values": []} for name in english["lists"]},
        "templates": {section: {} for section in english["templates"]},
    }
