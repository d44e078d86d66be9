"""Names of devices in sentences, in the language of the work at hand; German nouns keep their capital."""

from collections.abc import Sequence

from wactorz_common.language import language, primary


def is_or_are(names: Sequence[str]) -> str:
    """The verb for one name or several: the lamp is, the blinds are."""
    if _is_german():
        return "ist" if len(names) == 1 else "sind"
    only = names[0].casefold()
    plural = len(names) > 1 or (only.endswith("s") and not only.endswith(("ss", "us")))
    return "are" if plural else "is"


def inline(name: str) -> str:
    """A name inside a sentence: Front door becomes front door, TV stays TV."""
    return name if _is_german() or not name[1:2].islower() else name[:1].lower() + name[1:]


def join(names: Sequence[str]) -> str:
    """Names in one phrase, the later ones without their capital."""
    first, *others = names
    listed = [first, *map(inline, others)]
    word = " und " if _is_german() else " and "
    return word.join([", ".join(listed[:-1]), listed[-1]]) if others else first


def _is_german() -> bool:
    return primary(language()) == "de"
