"""One sentence of a conversation: what is read it with, and what comes of it."""

import dataclasses
from typing import NamedTuple

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.risk import Risk, assess_all, can_open
from wactorz_understanding.commands import Reading
from wactorz_understanding.context import Context, Mention, Pending, Settled
from wactorz_understanding.grammar import Grammar
from wactorz_understanding.meaning import Ambiguous, Calls, Meaning
from wactorz_understanding.sentences import Sentence
from wactorz_understanding.targets import Place, Target
from wactorz_understanding.wording import ask_back, confirm, say_calls

_MOVES = frozenset({"set_cover_position", "set_valve_position", "set_cover_tilt_position"})
"""What may open without saying so."""


class Outcome(NamedTuple):
    """A meaning, with what the conversation remembers of it."""

    meaning: Meaning
    mention: Mention | None = None
    pending: Pending | None = None


@dataclasses.dataclass(frozen=True)
class Turn:
    """A sentence with all that it is read with; `confirmed` when the person said yes to what it opens."""

    sentence: Sentence
    grammar: Grammar
    place: Place
    context: Context
    confirmed: bool = False

    @property
    def text(self) -> str:
        """The sentence without politeness."""
        return self.sentence.text

    @property
    def asked(self) -> bool:
        """Whether it is a question and no polite wish."""
        return self.sentence.asked and not self.sentence.requested

    def saying(self, text: str) -> "Turn":
        """The same with another text."""
        return dataclasses.replace(self, sentence=dataclasses.replace(self.sentence, text=text))

    def within(self, place: Place) -> "Turn":
        """The same sentence with other words or choices."""
        return dataclasses.replace(self, place=place)

    def is_opening(self, calls: tuple[ServiceCall, ...]) -> bool:
        """Whether the calls open, unlock or disarm something, or cannot be looked into."""
        return assess_all(calls, self.place.names.entities).risk == Risk.OPENING

    def ask(self, target: Target) -> Outcome:
        """Ask the person which devices are meant, and remember the sentence until the answer."""
        meaning = ask_back(target, self.place.names, self.place.language)
        pending = self.wait_for(meaning, several=True).model_copy(update={"many": target.unclear == "many"})
        return Outcome(meaning, None, pending)

    def wait_for(self, meaning: Ambiguous, *, several: bool = False, word: str = "") -> Pending:
        """What the conversation remembers of a question."""
        settled = (Settled(among=tuple(sorted(a)), chosen=chosen) for a, chosen in self.place.settled.items())
        return Pending(
            text=self.text, automation=self.sentence.automation, raw=self.sentence.raw, question=meaning.question,
            choices=meaning.choices, several=several, word=word, settled=tuple(settled), said=dict(self.place.said),
        )  # fmt: skip

    def can_open(self, entity_id: str) -> bool:
        """Whether some verb of a device opens, unlocks or disarms, or cannot be looked into."""
        entities = self.place.names.entities
        return can_open(entities[entity_id], entities)

    @property
    def is_named(self) -> bool:
        """Whether devices are said by name here, or just were."""
        last = self.context.last
        return not self.place.said or bool(last and last.named and last.fresh)

    def do(self, reading: Reading, *, named: bool = True, sure: bool = True) -> Outcome:
        """The outcome of commands that were read; an opening is asked back unless `sure`: said with its own verb."""
        if reading.unclear is not None:
            return self.ask(reading.unclear)
        names, language = self.place.names, self.place.language
        moved = tuple(call for call in reading.calls if call.service in _MOVES)
        worded = not self.is_opening(moved) or self.grammar.could_be("open", self.text)
        if not (sure and worded) and not self.confirmed and self.is_opening(reading.calls):
            meaning = confirm(reading.calls, names, language)
            return Outcome(meaning, None, self.wait_for(meaning).model_copy(update={"confirm": reading.entity_ids}))
        mention = Mention(
            text=self.text, kind="calls", verb=reading.verb, slots=reading.slots, entity_ids=reading.entity_ids,
            named=named,
        )  # fmt: skip
        return Outcome(Calls(calls=reading.calls, summary=say_calls(reading.calls, names, language)), mention)
