"""How a sentence is read: what it may be, in which order, and what is made of it."""

import dataclasses
import re
from collections.abc import Callable, Iterable

from wactorz_understanding.changes import read_adjust
from wactorz_understanding.commands import interpret
from wactorz_understanding.compounds import read_commands
from wactorz_understanding.corrections import corrected
from wactorz_understanding.followups import read_followup, read_pronouns, with_pronouns
from wactorz_understanding.grammar import Match
from wactorz_understanding.language import Language
from wactorz_understanding.literals import lift_literals
from wactorz_understanding.meaning import Ambiguous, NotUnderstood, RuleMeaning, UnknownName
from wactorz_understanding.naming import EXACT, fold
from wactorz_understanding.notices import typed_words
from wactorz_understanding.questions import read_question, read_why
from wactorz_understanding.refusals import why_unable
from wactorz_understanding.replies import read_reply
from wactorz_understanding.rule_wording import say_rule
from wactorz_understanding.rules import RuleReading, read_rule, read_schedule
from wactorz_understanding.sentences import prepare
from wactorz_understanding.suggestions import read_unknown_name
from wactorz_understanding.targets import Target
from wactorz_understanding.troubles import why_no_rule
from wactorz_understanding.turn import Outcome, Turn


def read_turn(turn: Turn) -> Outcome:
    """The outcome of a sentence; whatever is not read completely is not understood."""
    reply = read_reply(turn)
    if isinstance(reply, Outcome):
        return reply
    turn = reply or turn
    outcome = _read_whole(turn)
    if reply is not None and isinstance(outcome.meaning, RuleMeaning):
        return outcome._replace(meaning=outcome.meaning.model_copy(update={"text": turn.text}))
    return outcome if outcome.meaning != NotUnderstood() else _propose(turn) or outcome


def _read_whole(turn: Turn) -> Outcome:
    for read in _READERS:
        outcome = read(turn)
        if outcome is not None:
            return outcome
    return Outcome(_not_understood(turn))


def _propose(turn: Turn) -> Outcome | None:
    """Ask whether the sentence without its typing errors is meant, if that can be read."""
    tried = ((text, _read_whole(turn.saying(text)).meaning) for text in corrected(turn))
    text = next((text for text, meaning in tried if not isinstance(meaning, NotUnderstood | UnknownName)), "")
    if not text:
        return None
    asked = Ambiguous(question=turn.place.language.answers["do_you_mean_said"].format(text=text), choices=())
    return Outcome(asked, None, turn.saying(text).wait_for(asked).model_copy(update={"reread": True}))


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
    timed = turn.sentence.automation or language.schedule.search(turn.text) is not None
    when = language.rule.search(turn.text) or language.inverted.match(turn.text)
    if not timed and when is None:
        return None
    said_now = when is not None and turn.sentence.said_now
    reading = _first_rule(turn, timed=timed, when=when is not None and not said_now)
    if reading is not None:
        return _rule(reading, turn)
    if language.rule.search(turn.text) is None and not turn.sentence.automation:
        return None
    return Outcome(NotUnderstood()) if said_now else why_no_rule(turn) or Outcome(NotUnderstood())


def _first_rule(turn: Turn, *, timed: bool, when: bool) -> RuleReading | None:
    """The rule that is read first: with topics and quoted texts as they are, then without heeding them."""
    for said in _as_said(turn):
        reading = read_schedule(said.text, said.grammar, said.place) if timed else None
        reading = reading or (read_rule(said.text, said.grammar, said.place) if when else None)
        if reading is not None:
            return reading
    return None


def _as_said(turn: Turn) -> Iterable[Turn]:
    raw = turn.sentence.raw or turn.text
    turn = turn.within(dataclasses.replace(turn.place, typed=typed_words(raw)))
    lifted = lift_literals(raw)
    sentence = prepare(lifted.text, turn.place.language) if lifted.literals else None
    if sentence is not None:
        yield turn.saying(sentence.text).within(dataclasses.replace(turn.place, literals=lifted.literals))
    yield turn


def _rule(reading: RuleReading, turn: Turn) -> Outcome:
    if reading.contradicts:
        return Outcome(NotUnderstood(reason="unable", text=turn.place.language.answers["contradiction"]))
    if reading.draft is None:
        return _ask_in_part(reading.unclear, reading.part, turn) if reading.unclear else Outcome(NotUnderstood())
    summary = say_rule(reading.draft, turn.place.names, turn.place.language)
    return Outcome(RuleMeaning(draft=reading.draft, summary=summary, in_home_assistant=turn.sentence.automation))


def _ask_in_part(unclear: Target, part: str, turn: Turn) -> Outcome:
    """Ask which devices are meant, and say which part of the rule is not clear."""
    asked = turn.ask(unclear)
    if not isinstance(asked.meaning, Ambiguous) or asked.pending is None or not part:
        return asked
    question = turn.place.language.answers["in_part"].format(part=part, question=asked.meaning.question)
    pending = asked.pending.model_copy(update={"question": question})
    return Outcome(asked.meaning.model_copy(update={"question": question}), None, pending)


def _read_named(turn: Turn) -> Outcome | None:
    """A scene or script that is called by its own name and nothing else."""
    name, entities = fold(turn.text), turn.place.names.entities
    meant = [e for e, how in turn.place.names.meant(name).items() if how == EXACT]
    if turn.asked or len(meant) != 1 or entities[meant[0]].domain not in {"scene", "script"}:
        return None
    reading = interpret(Match("set_scene", {"name": name}), "set_scene", turn.place)
    return turn.do(reading) if reading is not None else None


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
        return NotUnderstood(reason="negated", text=language.answers["negated"])
    if _is_command_without(language.later, turn):
        return NotUnderstood(reason="later", text=language.answers["later"])
    unable = why_unable(with_pronouns(turn))
    return NotUnderstood(reason="unable", text=unable) if unable else NotUnderstood()


def _is_command_without(mark: re.Pattern[str], turn: Turn) -> bool:
    if not mark.search(turn.text):
        return False
    rest = " ".join(mark.sub(" ", turn.text).split()).strip(" ,")
    said = with_pronouns(turn)
    return bool(rest) and read_commands(rest, said.grammar, said.place) is not None


_READERS: tuple[Callable[[Turn], Outcome | None], ...] = (
    _read_question, _read_asked, _read_rule, _read_named, _read_commands, _read_change, read_followup,
    read_unknown_name,
)  # fmt: skip
