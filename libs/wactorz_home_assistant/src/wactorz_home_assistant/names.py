"""Names of devices in sentences."""

from collections.abc import Sequence


def is_or_are(names: Sequence[str]) -> str:
    """The verb for one name or several: the lamp is, the blinds are."""
    only = names[0].casefold()
    plural = len(names) > 1 or (only.endswith("s") and not only.endswith(("ss", "us")))
    return "are" if plural else "is"


def inline(name: str) -> str:
    """A name inside a sentence: Front door becomes front door, TV stays TV."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def join(names: Sequence[str]) -> str:
    """Names in one phrase, the later ones without their capital."""
    first, *others = names
    listed = [first, *map(inline, others)]
    return " and ".join([", ".join(listed[:-1]), listed[-1]]) if others else first
