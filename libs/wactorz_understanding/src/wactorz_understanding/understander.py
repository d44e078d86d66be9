"""The one door: a sentence in, its meaning out."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, overload

from wactorz_common.contracts.home import House
from wactorz_understanding.context import Context, Understanding
from wactorz_understanding.detection import Detector
from wactorz_understanding.grammar import Grammar
from wactorz_understanding.language import Language, closest, load_language
from wactorz_understanding.meaning import Ambiguous, Meaning, NotUnderstood, UnknownName
from wactorz_understanding.naming import Names, collect_names
from wactorz_understanding.reading import read_turn
from wactorz_understanding.sentences import prepare
from wactorz_understanding.spelling import plain_letters
from wactorz_understanding.targets import Place
from wactorz_understanding.turn import Outcome, Turn

_WORD = re.compile(r"\w+")
_SHORT_ANSWER = 4
"""Words of an answer to a question, which is in the language of the question."""


class _Loaded(NamedTuple):
    """A house in one language, ready to be spoken of."""

    language: Language
    names: Names
    grammar: Grammar


class Understander:
    """Reads sentences about one house; synchronous, uses the processor only.

    A sentence is read in the language of its conversation, which another language changes when it shows clearly; a new
    conversation is in the language of the house, or else in the first one.
    """

    def __init__(
        self, language: str = "en", others: Sequence[str] = (), clock: Callable[[], float] = time.time
    ) -> None:
        known = [load_language(code) for code in (language, *others)]
        self._languages = {language.code: language for language in known}
        self._default = self._usual = known[0].code
        self._detector = Detector(self._languages)
        self._loaded: dict[str, _Loaded] = {}
        self._clock = clock

    def load(self, house: House) -> None:
        """Take the names of a house and warm up; until it is done the old names answer.

        Nothing happens when this very registry is loaded already.
        """
        if self._loaded and self._loaded[self._default].names.house == house:
            return
        loaded = {}
        for code, language in self._languages.items():
            names = collect_names(house, language)
            loaded[code] = _Loaded(language, names, Grammar(language, names))
            for sentence in language.data["warm_up"]:
                _read(sentence, loaded[code], Context())
        self._loaded, self._detector = loaded, Detector(self._languages, _names(house))
        self._usual = closest(house.language, self._languages) or self._default

    @overload
    def understand(self, text: str, context: Context) -> Understanding: ...

    @overload
    def understand(self, text: str, context: str | None = None) -> Meaning: ...

    def understand(self, text: str, context: Context | str | None = None) -> Understanding | Meaning:
        """The meaning of a sentence in its conversation; before `load` nothing is understood.

        Instead of a context, the area of a sentence that follows on nothing: then only its meaning comes back.
        """
        if not isinstance(context, Context):
            return self.understand(text, Context(area_id=context)).meaning
        now = self._clock()
        context = context.alive(now)
        code = self._language_of(text, context)
        loaded = self._loaded.get(code)
        outcome = _read(text, loaded, context) if loaded else Outcome(NotUnderstood())
        return Understanding(
            meaning=_as_typed(outcome.meaning, text), language=code, context=_next(context, outcome, code, now)
        )

    def _language_of(self, text: str, context: Context) -> str:
        current = closest(context.language, self._languages) or self._usual
        answering = context.pending is not None and len(text.split()) <= _SHORT_ANSWER
        return current if context.fixed or answering else self._detector.detect(text, current)


def _as_typed(meaning: Meaning, text: str) -> Meaning:
    """The meaning with the person's own spelling where it repeats words: "Küche" is read as "Kueche"."""
    typed = {plain_letters(word).casefold(): word for word in _WORD.findall(text) if plain_letters(word) != word}
    if not typed:
        return meaning

    def as_typed(said: str) -> str:
        return _WORD.sub(lambda found: typed.get(found[0].casefold(), found[0]), said)

    if isinstance(meaning, UnknownName):
        return meaning.model_copy(update={"name": as_typed(meaning.name)})
    return (
        meaning.model_copy(update={"question": as_typed(meaning.question)})
        if isinstance(meaning, Ambiguous)
        else meaning
    )


def _names(house: House) -> Iterator[str]:
    for entity in house.entities:
        yield from (entity.name, *entity.aliases)
    for area in house.areas:
        yield from (area.name, *area.aliases)
    for floor in house.floors:
        yield from (floor.name, *floor.aliases)
    yield from (label.name for label in house.labels)


def _read(text: str, loaded: _Loaded, context: Context) -> Outcome:
    sentence = prepare(text, loaded.language)
    if sentence is None:
        return Outcome(NotUnderstood())
    place = Place(loaded.names, loaded.language, context.area_id)
    return read_turn(Turn(sentence, loaded.grammar, place, context.within(loaded.names.entities)))


def _next(context: Context, outcome: Outcome, code: str, now: float) -> Context:
    """What the conversation remembers after a sentence."""
    last = outcome.mention.model_copy(update={"at": now}) if outcome.mention else None
    if last is None and context.last is not None:
        last = context.last.model_copy(update={"fresh": False})
    pending = outcome.pending.model_copy(update={"at": now}) if outcome.pending else None
    return context.model_copy(update={"language": code, "last": last, "pending": pending})
