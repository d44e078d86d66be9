"""Letters that are also written as two: "Küche" and "Kueche" are one word here, as "Straße" and "Strasse" are."""

from typing import Any

_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ẞ": "SS"})


def plain_letters(text: str) -> str:
    """Text with each such letter written as two, so that both ways are the same."""
    return text.translate(_LETTERS)


def plain_data(data: Any) -> Any:
    """Words and templates, spelled so."""
    if isinstance(data, str):
        return plain_letters(data)
    if isinstance(data, dict):
        return {plain_data(key): plain_data(value) for key, value in data.items()}
    return [plain_data(item) for item in data] if isinstance(data, list) else data


def spell_numbers(first: int, last: int, code: str) -> dict[str, int]:
    """Whole numbers in words, in every form that a language has."""
    from unicode_rbnf import RbnfEngine  # noqa: PLC0415  # importing the package must stay cheap

    engine = RbnfEngine.for_language(code)
    found: dict[str, int] = {}
    for number in range(first, last + 1):
        spelled = engine.format_number(number)
        for said in (spelled.text, *spelled.text_by_ruleset.values()):
            joined = plain_letters(said.replace("\xad", ""))
            found |= {spelling: number for spelling in (joined, joined.replace("-", " ")) if spelling not in found}
    return found
