"""Answers to a question that was asked back: the sentence that waited is read again with what was chosen."""

import dataclasses

from wactorz_understanding.context import Pending
from wactorz_understanding.grammar import Match
from wactorz_understanding.meaning import Ambiguous, NotUnderstood
from wactorz_understanding.phrases import words_in
from wactorz_understanding.sentences import Sentence
from wactorz_understanding.turn import Outcome, Turn

_LONGEST = 10


def read_reply(turn: Turn) -> Turn | Outcome | None:
    """The sentence that waits, completed by this answer; an outcome while it is not complete; None for no answer."""
    pending = turn.context.pending
    if pending is None or turn.asked or len(turn.text.split()) > _LONGEST:
        return None
    matches = turn.grammar.read("replies", turn.text)
    said = {match.intent for match in matches}
    if "no" in said:
        dropped = NotUnderstood(reason="dropped", text=str(turn.place.language.answers["dropped"]))
        return Outcome(dropped)
    if "yes" in said and pending.reread:
        return dataclasses.replace(_again(turn, pending), confirmed=True)
    if "yes" in said and pending.confirm:
        return dataclasses.replace(_again(turn, pending), confirmed=True)
    chosen = _chosen(matches, said, pending, turn) or _named(turn.text, pending, turn)
    if chosen:
        return _completed(turn, pending, chosen)
    return _ask_again(pending) if matches else None


def _chosen(matches: list[Match], said: set[str], pending: Pending, turn: Turn) -> tuple[str, ...]:
    choices = tuple(choice.entity_id for choice in pending.choices)
    if pending.confirm:
        return ()
    if "yes" in said:
        return choices if len(choices) == 1 else ()
    if "all" in said and pending.several:
        return choices
    picked = [ids for match in matches if match.intent == "pick" and (ids := _pick(match, choices, pending, turn))]
    picked.sort(key=len)
    return picked[0] if picked else ()


def _pick(match: Match, choices: tuple[str, ...], pending: Pending, turn: Turn) -> tuple[str, ...]:
    place = turn.place
    if "ordinal" in match.slots:
        index = int(match.slots["ordinal"])
        index = index if index < 0 else index - 1
        return (choices[index],) if -len(choices) <= index < len(choices) else ()
    target = place.find(match, lambda entity: entity.entity_id in choices)
    if target is not None and (not target.unclear or target.unclear == "many" or pending.many):
        return target.entity_ids
    if target is None and pending.word and "name" in match.slots:
        other = place.find(match, lambda entity: not entity.hidden)
        return other.entity_ids if other and not other.unclear else ()
    return ()


def _named(text: str, pending: Pending, turn: Turn) -> tuple[str, ...]:
    """The one choice whose name contains what was said."""
    if pending.confirm:
        return ()
    said = f" {' '.join(words_in(turn.place.language.articles.sub('', text)))} "
    entities = turn.place.names.entities
    found = [
        choice.entity_id
        for choice in pending.choices
        if any(said in f" {' '.join(words_in(name))} " for name in (choice.label, *entities[choice.entity_id].aliases))
    ]
    return tuple(found) if len(found) == 1 and said.strip() else ()


def _again(turn: Turn, pending: Pending) -> Turn:
    settled = {frozenset(choice.among): choice.chosen for choice in pending.settled}
    place = dataclasses.replace(turn.place, settled=settled, said=dict(pending.said))
    context = turn.context.model_copy(update={"pending": None})
    sentence = Sentence(pending.text, asked=False, requested=True, automation=pending.automation, raw=pending.raw)
    return dataclasses.replace(turn, sentence=sentence, place=place, context=context)


def _completed(turn: Turn, pending: Pending, chosen: tuple[str, ...]) -> Turn:
    again = _again(turn, pending)
    if pending.word:
        return again.within(dataclasses.replace(again.place, said={**again.place.said, pending.word: chosen}))
    among = frozenset(choice.entity_id for choice in pending.choices)
    return again.within(dataclasses.replace(again.place, settled={**again.place.settled, among: chosen}))


def _ask_again(pending: Pending) -> Outcome:
    return Outcome(Ambiguous(question=pending.question, choices=pending.choices), None, pending)
