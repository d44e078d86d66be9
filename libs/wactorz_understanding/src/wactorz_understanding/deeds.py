"""What a rule does: commands, notices and tasks for agents, one or several in a text."""

from dataclasses import dataclass

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.rules import NoticeAction, TaskAction
from wactorz_understanding.compounds import pronouns_mean, read_commands
from wactorz_understanding.grammar import Grammar
from wactorz_understanding.notices import read_notices, read_task
from wactorz_understanding.targets import Place, Target

_MOST_PARTS = 6


@dataclass(frozen=True)
class Deeds:
    """What is to be done, or the target in it that is not clear."""

    calls: tuple[ServiceCall, ...] = ()
    notices: tuple[NoticeAction, ...] = ()
    tasks: tuple[TaskAction, ...] = ()
    unclear: Target | None = None

    def also(self, other: "Deeds") -> "Deeds":
        """Both."""
        return Deeds(
            (*self.calls, *other.calls), (*self.notices, *other.notices), (*self.tasks, *other.tasks),
            self.unclear or other.unclear,
        )  # fmt: skip


def read_deeds(text: str, about: str, grammar: Grammar, place: Place) -> Deeds | None:
    """Read a text as what a rule does; "it" is the device `about`. None unless all of it is read."""
    deeds = _read(text, grammar, place, _MOST_PARTS)
    if deeds is None and about:
        here = pronouns_mean(place, text, (about,))
        deeds = _read(text, grammar, here, _MOST_PARTS) if here.said != place.said else None
    return deeds


def _read(text: str, grammar: Grammar, place: Place, most: int) -> Deeds | None:
    if "@" in text:
        return _with_task(text, grammar, place)
    single = _single(text, grammar, place)
    if single is not None:
        return single
    return _parts(text, grammar, place, most) if place.language.tell.search(text) and most else None


def _with_task(text: str, grammar: Grammar, place: Place) -> Deeds | None:
    found = read_task(text, place)
    if found is None:
        return None
    before, task = found
    deeds = Deeds(tasks=(task,))
    before = place.language.leading_join.sub("", _without_join(before, place))
    if not before:
        return deeds
    first = _read(before, grammar, place, _MOST_PARTS)
    return first.also(deeds) if first is not None else None


def _without_join(text: str, place: Place) -> str:
    """A text without a joining word at its end."""
    joins = [found for found in place.language.join.finditer(f"{text} x") if found.end() >= len(text)]
    return text[: joins[-1].start()].strip(" ,") if joins else text


def _parts(text: str, grammar: Grammar, place: Place, most: int) -> Deeds | None:
    """A wish to be told and something to do, in either order."""
    for found in place.language.join.finditer(text):
        left, right = text[: found.start()].strip(" ,"), text[found.end() :].strip(" ,")
        if not left or not right:
            continue
        if not (place.language.tell.search(left) or place.language.tell.search(right)):
            continue
        first = _single(left, grammar, place)
        rest = _read(right, grammar, place, most - 1) if first is not None else None
        if first is not None and rest is not None:
            return first.also(rest)
    return None


def _single(text: str, grammar: Grammar, place: Place) -> Deeds | None:
    told = read_notices(text, grammar, place)
    if told:
        return Deeds(notices=told)
    made = read_commands(text, grammar, place)
    return Deeds(calls=made.calls, unclear=made.unclear) if made is not None else None
