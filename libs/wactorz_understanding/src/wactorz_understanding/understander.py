"""The one door: a sentence in, its meaning out."""

from wactorz_common.contracts.home import House
from wactorz_understanding.commands import Reading, read_commands
from wactorz_understanding.grammar import Grammar
from wactorz_understanding.language import load_language
from wactorz_understanding.meaning import Calls, Meaning, NotUnderstood, RuleMeaning
from wactorz_understanding.naming import Names, collect_names
from wactorz_understanding.questions import read_question
from wactorz_understanding.rules import read_rule
from wactorz_understanding.sentences import Sentence, prepare
from wactorz_understanding.suggestions import read_unknown_name
from wactorz_understanding.targets import Place
from wactorz_understanding.wording import ask_back, say_calls, say_rule

_WARM_UP = (
    "turn on the warm up lamp", "is the warm up lamp on", "set the warm up lamp to thirty percent",
    "when the warm up sensor goes above 20 degrees for 5 minutes, turn on the warm up lamp",
)  # fmt: skip


class Understander:
    """Reads sentences about one house in one language; synchronous, uses the processor only."""

    def __init__(self, language: str = "en") -> None:
        self._language = load_language(language)
        self._grammar: Grammar | None = None
        self._names: Names | None = None

    def load(self, house: House) -> None:
        """Take the names of a house and warm up; nothing happens when this very registry is loaded already."""
        if self._names is not None and self._names.house == house:
            return
        names = collect_names(house, self._language)
        self._grammar, self._names = Grammar(self._language, names), names
        for sentence in _WARM_UP:
            self.understand(sentence)

    def understand(self, text: str, area_id: str | None = None) -> Meaning:
        """The meaning of a sentence, said in an area or nowhere in particular; before `load` nothing is understood."""
        sentence = prepare(text, self._language)
        if sentence is None or self._grammar is None or self._names is None:
            return NotUnderstood()
        place = Place(self._names, self._language, area_id)
        return self._read(sentence, self._grammar, place)

    def _read(self, sentence: Sentence, grammar: Grammar, place: Place) -> Meaning:
        text = sentence.text
        question = read_question(text, grammar, place)
        if question is not None:
            return question
        if sentence.asked and not sentence.requested:
            return NotUnderstood()
        if self._language.rule.search(text):
            return _read_rule_sentence(text, grammar, place)
        reading = read_commands(text, grammar, place)
        if reading is not None:
            return _meaning(reading, place)
        return read_unknown_name(text, grammar, place) or NotUnderstood()


def _read_rule_sentence(text: str, grammar: Grammar, place: Place) -> Meaning:
    reading = read_rule(text, grammar, place)
    if reading is None:
        return NotUnderstood()
    if reading.draft is None:
        return ask_back(reading.unclear, place.names, place.language) if reading.unclear else NotUnderstood()
    return RuleMeaning(draft=reading.draft, summary=say_rule(reading.draft, place.names, place.language))


def _meaning(reading: Reading, place: Place) -> Meaning:
    if reading.unclear is not None:
        return ask_back(reading.unclear, place.names, place.language)
    return Calls(calls=reading.calls, summary=say_calls(reading.calls, place.names, place.language))
