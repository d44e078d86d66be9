"""A rule in words, and what people are told about it."""

import re

from wactorz_common.contracts.home import House
from wactorz_common.contracts.rules import Rule, RuleDraft
from wactorz_common.language import chosen_language, language, primary, speaking
from wactorz_planner import moments, outcomes, validation
from wactorz_planner.german import phrase
from wactorz_planner.phrases import Phrases
from wactorz_planner.phrases_de import GermanPhrases

USUAL_QUIET_SECONDS = 10.0
"""The quiet time that goes without saying."""

_LONGEST_SLUG = 23


def language_of(language: str, house: House | None = None) -> str:
    """The language that a person is answered in; where none is named the house decides."""
    return language or chosen_language() or (house.language if house else "")


def phrases_of(house: House, language: str = "") -> Phrases:
    """The phrases of a house in a language; English where it is none of the known ones."""
    return GermanPhrases(house) if primary(language_of(language, house)) == "de" else Phrases(house)


def describe(draft: RuleDraft, house: House, language: str = "") -> str:
    """The whole rule as one sentence, with the names that people use."""
    said = phrases_of(house, language)
    does = [said.action(call) for call in draft.actions]
    does += [said.notice(notice) for notice in draft.notices]
    does += [said.task(task) for task in draft.tasks]
    with speaking(language_of(language, house)):
        does_all = phrase(" and ").join(does)
        sentence = phrase(
            "{when}, {does}{limits}.", when=said.trigger(draft), does=does_all, limits=_limits(draft, said)
        )
    return sentence[0].upper() + sentence[1:]


def _limits(draft: RuleDraft, said: Phrases) -> str:
    """When it acts and when not."""
    conditions = phrase(" and ").join(said.condition(condition) for condition in draft.conditions)
    only = phrase(", but only if {conditions}", conditions=conditions) if conditions else ""
    hours = said.hours(draft.hours) if draft.hours is not None else ""
    if hours:
        only += phrase(", only {hours}", hours=hours)
    if draft.missed == "catch_up":
        only += phrase(", and makes up for a time it missed")
    if draft.cooldown_seconds not in (0.0, USUAL_QUIET_SECONDS):
        only += phrase(", at most once every {span}", span=moments.span(draft.cooldown_seconds))
    return only


def told(rule: Rule, house: House | None) -> Rule:
    """A rule as it is told to whoever asks: its words in their language, what they called it as they did."""
    note = outcomes.told(rule.note)
    if house is None or not house.entities or not chosen_language():
        return rule.model_copy(update={"note": note})
    return rule.model_copy(
        update={
            "summary": describe(rule.draft, house, language()), "note": note,
            "opens": validation.danger_of(rule.draft, house) or rule.opens,
        }
    )  # fmt: skip


def slug_of(rule: Rule) -> str:
    """The level under which a rule's triggers are published: what it is about, and its id."""
    plain = re.sub(r"[^a-z0-9]+", "-", rule.task.casefold()).strip("-")[:_LONGEST_SLUG].strip("-")
    return f"{plain}-{rule.rule_id}" if plain else rule.rule_id


def created(rule: Rule) -> str:
    """What a person is told about a rule that was just made."""
    said = {"rule_id": rule.rule_id, "summary": rule.summary, "risk": f" {_risk(rule)}" if rule.opens else ""}
    if rule.status == "proposed":
        return phrase(
            "I would make this rule ({rule_id}): {summary}{risk} "
            "Shall I? Answer yes or no, or type /rules approve {rule_id}.", **said,
        )  # fmt: skip
    return phrase("Rule {rule_id} is active. {summary}{risk} To remove it: /undo or /rules delete {rule_id}", **said)


def previewed(rule: Rule) -> str:
    """What a person is told who only asks what a rule would be."""
    risk = f" {_risk(rule)}" if rule.opens else ""
    return phrase("The rule would be: {summary}{risk} Nothing is made yet.", summary=rule.summary, risk=risk)


def exists(rule: Rule) -> str:
    """What a person is told who asks for the same rule again."""
    if rule.status == "proposed":
        return phrase("That rule is already proposed. {created}", created=created(rule))
    note = phrase(" It is paused: {note}.", note=outcomes.told(rule.note)) if rule.status == "paused" else ""
    return phrase(
        "That rule already exists ({rule_id}). {summary}{note} To remove it: /rules delete {rule_id}",
        rule_id=rule.rule_id, summary=rule.summary, note=note,
    )  # fmt: skip


def changed(rule: Rule) -> str:
    """What a person is told who changed a rule."""
    if rule.status == "proposed":
        return phrase(
            "Rule {rule_id} is changed and waits for a yes. {created}", rule_id=rule.rule_id, created=created(rule)
        )
    return phrase(
        "Rule {rule_id} is changed: {summary}{state}", rule_id=rule.rule_id, summary=rule.summary, state=_paused(rule)
    )


def declined(rule: Rule) -> str:
    """What a person is told who said no to a change of a rule."""
    return phrase(
        "Rule {rule_id} stays as it was: {summary}{state}",
        rule_id=rule.rule_id, summary=rule.summary, state=_paused(rule),
    )  # fmt: skip


def unchanged(rule: Rule) -> str:
    """What a person is told who said no where nothing was to change."""
    return phrase("Rule {rule_id} stays as it is: {problem}", rule_id=rule.rule_id, problem=rule.summary)


def deleted(rule: Rule) -> str:
    """What a person is told who removed a rule."""
    return phrase("Rule {rule_id} is deleted: {task}", rule_id=rule.rule_id, task=rule.task)


def paused(rule: Rule) -> str:
    """What a person is told who holds a rule."""
    return phrase(
        "Rule {rule_id} is paused: {summary} To let it go on: /rules resume {rule_id}",
        rule_id=rule.rule_id, summary=rule.summary,
    )  # fmt: skip


def resumed(rule: Rule) -> str:
    """What a person is told who lets a rule go on."""
    return phrase(
        "Rule {rule_id} is active: {summary} What is already so now does not fire it.",
        rule_id=rule.rule_id, summary=rule.summary,
    )  # fmt: skip


def needs_no_grant(rule: Rule) -> str:
    """What a person is told who grants what needs no grant."""
    return phrase(
        "Rule {rule_id} opens nothing, so it needs no standing yes: {summary}",
        rule_id=rule.rule_id, summary=rule.summary,
    )  # fmt: skip


def without_place(target: str, places: tuple[str, ...]) -> str:
    """What is missing before a notice can arrive; empty when the place is known."""
    if target.casefold() in ("", "page") or target.casefold() in {place.casefold() for place in places}:
        return ""
    return phrase("Before anything arrives there I need the address: /webhook {target} URL.", target=target.casefold())


def _paused(rule: Rule) -> str:
    return "" if rule.status == "active" else phrase(" It is paused.")


def _risk(rule: Rule) -> str:
    if rule.granted:
        return phrase("It has a standing yes for this: {opens}.", opens=rule.opens)
    return phrase(
        "Mind that it opens something: {opens}. It will ask you each time; "
        "/rules grant {rule_id} lets it do so by itself.",
        opens=rule.opens, rule_id=rule.rule_id,
    )  # fmt: skip
