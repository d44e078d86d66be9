"""A rule in words, and what people are told about it."""

import re

from wactorz_common.contracts.home import House
from wactorz_common.contracts.rules import Rule, RuleDraft
from wactorz_planner.phrases import Phrases, duration

USUAL_QUIET_SECONDS = 10.0
"""The quiet time that goes without saying."""

_LONGEST_SLUG = 23


def describe(draft: RuleDraft, house: House) -> str:
    """The whole rule as one sentence, with the names that people use."""
    said = Phrases(house)
    conditions = " and ".join(said.condition(condition) for condition in draft.conditions)
    actions = " and ".join(said.action(call) for call in draft.actions)
    only = f", but only if {conditions}" if conditions else ""
    if draft.cooldown_seconds not in (0.0, USUAL_QUIET_SECONDS):
        only += f", at most once every {duration(draft.cooldown_seconds)}"
    sentence = f"{said.trigger(draft)}, {actions}{only}."
    return sentence[0].upper() + sentence[1:]


def slug_of(rule: Rule) -> str:
    """The level under which a rule's triggers are published: what it is about, and its id."""
    plain = re.sub(r"[^a-z0-9]+", "-", rule.task.casefold()).strip("-")[:_LONGEST_SLUG].strip("-")
    return f"{plain}-{rule.rule_id}" if plain else rule.rule_id


def created(rule: Rule) -> str:
    """What a person is told about a rule that was just made."""
    risk = f" {_risk(rule)}" if rule.opens else ""
    if rule.status == "proposed":
        return (
            f"I would make this rule ({rule.rule_id}): {rule.summary}{risk} "
            f"Shall I? Answer yes or no, or type /rules approve {rule.rule_id}."
        )
    return f"Rule {rule.rule_id} is active. {rule.summary}{risk} To remove it: /rules delete {rule.rule_id}"


def exists(rule: Rule) -> str:
    """What a person is told who asks for the same rule again."""
    if rule.status == "proposed":
        return f"That rule is already proposed. {created(rule)}"
    note = f" It is paused: {rule.note}." if rule.status == "paused" else ""
    return f"That rule already exists ({rule.rule_id}). {rule.summary}{note} To remove it: /rules delete {rule.rule_id}"


def paused(rule: Rule) -> str:
    """What a person is told who holds a rule."""
    return f"Rule {rule.rule_id} is paused: {rule.summary} To let it go on: /rules resume {rule.rule_id}"


def resumed(rule: Rule) -> str:
    """What a person is told who lets a rule go on."""
    return f"Rule {rule.rule_id} is active: {rule.summary} What is already so now does not fire it."


def needs_no_grant(rule: Rule) -> str:
    """What a person is told who grants what needs no grant."""
    return f"Rule {rule.rule_id} opens nothing, so it needs no standing yes: {rule.summary}"


def _risk(rule: Rule) -> str:
    if rule.granted:
        return f"It has a standing yes for this: {rule.opens}."
    return (
        f"Mind that it opens something: {rule.opens}. It will ask you each time; "
        f"/rules grant {rule.rule_id} lets it do so by itself."
    )
