"""How a sentence is read: what it may be, in which order, and what is made of it."""

import re
from collections.abc import Callable, Iterable

from wactorz_understanding.changes import read_adjust
from wactorz_understanding.compounds import read_commands
from wactorz_understanding.followups import read_followup, read_pronouns, with_pronouns
from wactorz_understanding.language import Language
from wactorz_understanding.meaning import NotUnderstood, RuleMeaning
from wactorz_understanding.questions import read_question, read_why
from wactorz_understanding.replies import read_reply
from wactorz_understanding.rules import RuleReading, read_rule, read_schedule
from wactorz_understanding.suggestions import read_unknown_name
from wactorz_understanding.turn import Outcome, Turn
from wactorz_understanding.wording import say_rule


def read_turn(turn: Turn) -> Outcome:
    """The outcome of a sentence; whatever is not read completely is not understood."""
    reply = read_reply(turn)
    if isinstance(reply, Outcome):
        return reply
    turn = reply or turn
    for read in _READERS:
        outcome = read(turn)
        if outcome is not None:
            return outcome
    return Outcome(_not_understood(turn))


def _read_question(turn: Turn) -> Outcome | None:
    said = with_pronouns(turn)
    return read_question(said) or read_why(said)


def _read_asked(turn: Turn) -> Outcome | None:
    """A question that is none of the known ones is no command."""
    if not turn.asked:
        return None
    return read_followup(turn) or Outcome(NotUnderstood())


def _read_rule(turn: Turn) -> Outcome | None:
    """A sentence with a "when" or an "every" is a rule or nothing."""
    language = turn.place.language
    when = language.rule.search(turn.text)
    if turn.sentence.automation or language.schedule.search(turn.text):
        reading = read_schedule(turn.text, turn.grammar, turn.place)
        if reading is not None:
            return _rule(reading, turn)
    if when is None:
        return Outcome(NotUnderstood()) if turn.sentence.automation else None
    if turn.sentence.said_now:
        return Outcome(NotUnderstood())
    reading = read_rule(turn.text, turn.grammar, turn.place)
    return _rule(reading, turn) if reading is not None else Outcome(NotUnderstood())


def _rule(reading: RuleReading, turn: Turn) -> Outcome:
    if reading.draft is None:
        return turn.ask(reading.unclear) if reading.unclear else Outcome(NotUnderstood())
    summary = say_rule(reading.draft, turn.place.names, turn.place.language)
    return Outcome(RuleMeaning(draft=reading.draft, summary=summary, in_home_assistant=turn.sentence.automation))


def _read_commands(turn: Turn) -> Outcome | None:
    for text in _bare(turn.text, turn.place.language):
        reading = read_commands(text, turn.grammar, turn.place)
        if reading is not None:
            return turn.do(reading)
        outcome = read_pronouns(turn.saying(text))
        if outcome is not None:
            return outcome
    return None


def _bare(text: str, language: Language) -> Iterable[str]:
    """The text as it is, and without an "and now" before it or an "again" after it."""
    began = language.lead.sub("", language.leading_join.sub("", text, count=1), count=1)
    return dict.fromkeys((text, began, language.again.sub("", text), language.again.sub("", began)))


def _read_change(turn: Turn) -> Outcome | None:
    return read_adjust(with_pronouns(turn))


def _not_understood(turn: Turn) -> NotUnderstood:
    """Why a command is none: it is not wanted, or not now."""
    language = turn.place.language
    if _is_command_without(language.negation, turn):
        return NotUnderstood(reason="negated")
    if _is_command_without(language.later, turn):
        return NotUnderstood(reason="later")
    return NotUnderstood()


def _is_command_without(mark: re.Pattern[str], turn: Turn) -> bool:
    if not mark.search(turn.text):
        return False
    rest = " ".join(mark.sub(" ", turn.text).split()).strip(" ,")
    said = with_pronouns(turn)
    return bool(rest) and read_commands(rest, said.grammar, said.place) is not None


_READERS: tuple[Callable[[Turn], Outcome | None], ...] = (
    _read_question, _read_asked, _read_rule, _read_commands, _read_change, read_followup, read_unknown_name,
)  # fmt: skip
