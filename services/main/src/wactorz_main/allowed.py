"""What of all that people may say not everybody may: the least standing for each command; pure.

Mirrors the gateway's table of routes, so that a sentence never does what its route refuses.
"""

from collections.abc import Mapping
from types import MappingProxyType

from wactorz_common.standing import Right
from wactorz_main.commands import Typed

AGENTS, MACHINES, PLACES, BUDGETS = "agents", "machines", "places", "budgets"
RULES, PLANS, FORGETTING, SECRETS = "rules", "plans", "forgetting", "secrets"
NOTICES, APPROVALS, RELEASE, MAKING = "notices", "approvals", "release", "making"

RIGHTS: Mapping[str, Right] = MappingProxyType({
    AGENTS: Right("admin", "start, stop, move or delete agents",
                  "Agenten starten, stoppen, verschieben oder löschen"),
    MACHINES: Right("admin", "restart or remove machines", "Rechner neu starten oder entfernen"),
    PLACES: Right("admin", "store, try or remove places for notices",
                  "Orte für Nachrichten speichern, erproben oder entfernen"),
    BUDGETS: Right("admin", "set budgets", "Budgets setzen"),
    RULES: Right("user", "make, try or change rules and automations",
                 "Regeln und Automatisierungen machen, erproben oder ändern"),
    PLANS: Right("user", "make or change plans", "Pläne machen oder ändern"),
    FORGETTING: Right("user", "have something forgotten", "etwas vergessen lassen"),
    SECRETS: Right("user", "store secrets", "Geheimnisse speichern"),
    NOTICES: Right("user", "send notices", "Nachrichten schicken"),
    APPROVALS: Right("user", "answer approvals", "Anfragen beantworten"),
    RELEASE: Right("user", "let everything act again", "alles wieder handeln lassen"),
    MAKING: Right("user", "have agents made", "Agenten machen lassen"),
})  # fmt: skip
"""Everything that needs more than being let in to talk. An emergency stop needs no more than that."""

_ALWAYS = {
    "start": AGENTS, "delete": AGENTS, "migrate": AGENTS, "approve": APPROVALS, "deny": APPROVALS,
    "backtest": RULES, "undo": RULES, "clear-plans": PLANS, "notify": NOTICES, "go": RELEASE,
}  # fmt: skip
"""Commands that need a right however they go on."""

_WITH = {
    "agents": (AGENTS, frozenset({"start", "stop", "restart", "pause", "resume", "delete", "remove"})),
    "automations": (RULES, frozenset({"enable", "disable", "delete", "remove", "change", "edit"})),
    "memory": (FORGETTING, frozenset({"forget", "clear"})),
    "cost": (BUDGETS, frozenset({"limit"})),
}
"""Commands that need a right with these first words."""

_WITHOUT = {
    "rules": (RULES, frozenset({"show", "export"})), "plans": (PLANS, frozenset({"show"})),
    "stop": (AGENTS, frozenset({"all"})), "nodes": (MACHINES, frozenset[str]()), "webhook": (PLACES, frozenset[str]()),
}  # fmt: skip
"""Commands that need a right with every first word but these."""


def needed(typed: Typed) -> str:
    """The right that a command needs; empty when everybody who may talk may say it."""
    first = typed.arguments[0] if typed.arguments else ""
    if typed.name in _WITH:
        right, words = _WITH[typed.name]
        return right if first in words else ""
    right, words = _WITHOUT.get(typed.name, ("", frozenset[str]()))
    if right:
        return right if first and first not in words else ""
    return _ALWAYS.get(typed.name, "")
