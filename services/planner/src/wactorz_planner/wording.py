"""A rule in words, and what people are told about it."""

import re

from wactorz_common.contracts.home import House
from wactorz_common.contracts.rules import Rule, RuleDraft
from wactorz_planner import phrases_de
from wactorz_planner.phrases import Phrases, duration
from wactorz_planner.phrases_de import GermanPhrases

USUAL_QUIET_SECONDS = 10.0
"""The quiet time that goes without saying."""

_LONGEST_SLUG = 23


def is_german(language: str, house: House | None = None) -> bool:
    """Whether a person is answered in German; without a language of theirs the house decides."""
    return (language or (house.language if house else "")).casefold().startswith("de")


def phrases_of(house: House, language: str = "") -> Phrases:
    """The phrases of a house in a language; English where it is none of the known ones."""
    return GermanPhrases(house) if is_german(language, house) else Phrases(house)


def describe(draft: RuleDraft, house: House, language: str = "") -> str:
    """The whole rule as one sentence, with the names that people use."""
    said, german = phrases_of(house, language), is_german(language, house)
    word = " und " if german else " and "
    does = [said.action(call) for call in draft.actions]
    does += [said.notice(notice) for notice in draft.notices]
    does += [said.task(task) for task in draft.tasks]
    sentence = f"{said.trigger(draft)}{': ' if german else ', '}{word.join(does)}{_limits(draft, said, german=german)}."
    return sentence[0].upper() + sentence[1:]


def _limits(draft: RuleDraft, said: Phrases, *, german: bool) -> str:
    """When it acts and when not."""
    conditions = (" und " if german else " and ").join(said.condition(condition) for condition in draft.conditions)
    only = (f", aber nur wenn {conditions}" if german else f", but only if {conditions}") if conditions else ""
    if draft.hours is not None:
        hours = said.hours(draft.hours)
        only += f", nur {hours}" if german and hours else f", only {hours}" if hours else ""
    if draft.missed == "catch_up":
        only += ", und holt Versäumtes nach" if german else ", and makes up for a time it missed"
    if draft.cooldown_seconds not in (0.0, USUAL_QUIET_SECONDS):
        every = phrases_de.duration(draft.cooldown_seconds) if german else duration(draft.cooldown_seconds)
        only += f", höchstens alle {every}" if german else f", at most once every {every}"
    return only


def slug_of(rule: Rule) -> str:
    """The level under which a rule's triggers are published: what it is about, and its id."""
    plain = re.sub(r"[^a-z0-9]+", "-", rule.task.casefold()).strip("-")[:_LONGEST_SLUG].strip("-")
    return f"{plain}-{rule.rule_id}" if plain else rule.rule_id


def created(rule: Rule) -> str:
    """What a person is told about a rule that was just made."""
    risk, german = f" {_risk(rule)}" if rule.opens else "", is_german(rule.language)
    if rule.status == "proposed" and german:
        return (
            f"Ich würde diese Regel anlegen ({rule.rule_id}): {rule.summary}{risk} "
            f"Soll ich? Antworte ja oder nein, oder tippe /rules approve {rule.rule_id}."
        )
    if rule.status == "proposed":
        return (
            f"I would make this rule ({rule.rule_id}): {rule.summary}{risk} "
            f"Shall I? Answer yes or no, or type /rules approve {rule.rule_id}."
        )
    if german:
        return (
            f"Regel {rule.rule_id} ist aktiv. {rule.summary}{risk} Rückgängig: /undo oder /rules delete {rule.rule_id}"
        )
    return f"Rule {rule.rule_id} is active. {rule.summary}{risk} To remove it: /undo or /rules delete {rule.rule_id}"


def previewed(rule: Rule) -> str:
    """What a person is told who only asks what a rule would be."""
    if is_german(rule.language):
        return f"Die Regel wäre: {rule.summary}{f' {_risk(rule)}' if rule.opens else ''} Angelegt ist nichts."
    return f"The rule would be: {rule.summary}{f' {_risk(rule)}' if rule.opens else ''} Nothing is made yet."


def exists(rule: Rule) -> str:
    """What a person is told who asks for the same rule again."""
    if rule.status == "proposed":
        return f"That rule is already proposed. {created(rule)}"
    if is_german(rule.language):
        note = f" Sie ist angehalten: {rule.note}." if rule.status == "paused" else ""
        return f"Diese Regel gibt es schon ({rule.rule_id}). {rule.summary}{note} Löschen: /rules delete {rule.rule_id}"
    note = f" It is paused: {rule.note}." if rule.status == "paused" else ""
    return f"That rule already exists ({rule.rule_id}). {rule.summary}{note} To remove it: /rules delete {rule.rule_id}"


def changed(rule: Rule) -> str:
    """What a person is told who changed a rule."""
    if rule.status == "proposed":
        return f"Rule {rule.rule_id} is changed and waits for a yes. {created(rule)}"
    state = "" if rule.status == "active" else " It is paused."
    return f"Rule {rule.rule_id} is changed: {rule.summary}{state}"


def declined(rule: Rule) -> str:
    """What a person is told who said no to a change of a rule."""
    if is_german(rule.language):
        return f"Regel {rule.rule_id} bleibt, wie sie war: {rule.summary}"
    state = "" if rule.status == "active" else " It is paused."
    return f"Rule {rule.rule_id} stays as it was: {rule.summary}{state}"


def paused(rule: Rule) -> str:
    """What a person is told who holds a rule."""
    return f"Rule {rule.rule_id} is paused: {rule.summary} To let it go on: /rules resume {rule.rule_id}"


def resumed(rule: Rule) -> str:
    """What a person is told who lets a rule go on."""
    return f"Rule {rule.rule_id} is active: {rule.summary} What is already so now does not fire it."


def needs_no_grant(rule: Rule) -> str:
    """What a person is told who grants what needs no grant."""
    return f"Rule {rule.rule_id} opens nothing, so it needs no standing yes: {rule.summary}"


def without_place(target: str, places: tuple[str, ...]) -> str:
    """What is missing before a notice can arrive; empty when the place is known."""
    if target.casefold() in ("", "page") or target.casefold() in {place.casefold() for place in places}:
        return ""
    return f"Before anything arrives there I need the address: /webhook {target.casefold()} URL."


def _risk(rule: Rule) -> str:
    if is_german(rule.language):
        if rule.granted:
            return f"Dafür gilt ein dauerhaftes Ja: {rule.opens}."
        return (
            f"Achtung, sie öffnet etwas: {rule.opens}. Sie fragt jedes Mal; "
            f"mit /rules grant {rule.rule_id} tut sie es von selbst."
        )
    if rule.granted:
        return f"It has a standing yes for this: {rule.opens}."
    return (
        f"Mind that it opens something: {rule.opens}. It will ask you each time; "
        f"/rules grant {rule.rule_id} lets it do so by itself."
    )
