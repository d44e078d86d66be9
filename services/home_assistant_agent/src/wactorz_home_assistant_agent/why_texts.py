"""The sentences in which a chain of causes is told, by language."""

from typing import Any

_ENGLISH = {
    "somebody": "Somebody",
    "said": "{who} said “{what}” {when}.",
    "asked": "{who} asked for it {when}.",
    "model": "A model proposed it {when}, from “{what}”.",
    "agent": "The agent {who} asked for it {when}.",
    "trigger_state": "{name} became {value} {when}.",
    "trigger_above": "{name} was {value} {when}, above {limit}.",
    "trigger_below": "{name} was {value} {when}, below {limit}.",
    "trigger_time": "It was {value} {when}.",
    "trigger_sun": "It was {value} {when}.",
    "trigger_interval": "{value} seconds had passed {when}.",
    "trigger_other": "The trigger of the rule was met {when}.",
    "sunrise": "sunrise", "sunset": "sunset",
    "condition": "{name} was {value}, as the rule asks.",
    "rule": "So the rule “{what}” ({id}) fired.",
    "granted": "It opens something; a standing yes to this rule allowed it.",
    "safe": "It opens nothing, so nobody had to be asked.",
    "asked_for_yes": "It opens something, so it waited for a yes.",
    "approved": "{who} approved it {when}.", "denied": "{who} said no {when}.",
    "expired": "Nobody answered in time.", "policy": "{what}",
    "sent": "I sent {call} {when}.", "not_sent": "I did not send {call}: {what}",
    "read": "Read back: {what}", "unread": "It was not confirmed: {what}",
    "by_person": "{who} changed it {when} in Home Assistant, not Wactorz.",
    "by_automation": "Home Assistant's automation “{who}” did it {when}{what}, not Wactorz.",
    "by_script": "Home Assistant's script or scene “{who}” did it {when}, not Wactorz.",
    "by_other": "Something in Home Assistant did it {when}{what}, not Wactorz.",
    "by_itself": "It changed {when} at the device itself or by its integration; Wactorz did not do it.",
    "is_so": "{name} is {state}.",
    "unknown_entity": "There is no {name} in the house.",
    "nothing": "Wactorz has not moved anything yet.",
    "refused_later": "Since then it was asked {when} to {call}, but that was not done: {what}",
    "before_that": "Before that, {when}, I sent {call}.",
    "away_actuator": "home-assistant-actuator does not answer; this is only what Home Assistant shows.",
    "away_planner": "planner does not answer; I know no more about the rule.",
    "away_home": "I could not ask Home Assistant how it is now: {what}",
    "at": "at {clock}", "yesterday": "yesterday at {clock}", "on": "on {day} {month} at {clock}",
    "because": " because of {what}",
}  # fmt: skip

_GERMAN = {
    "somebody": "Jemand",
    "said": "{who} sagte {when} „{what}“.",
    "asked": "{who} wollte es {when}.",
    "model": "Ein Modell schlug es {when} vor, auf „{what}“ hin.",
    "agent": "Der Agent {who} wollte es {when}.",
    "trigger_state": "{name} wurde {when} {value}.",
    "trigger_above": "{name} war {when} {value}, über {limit}.",
    "trigger_below": "{name} war {when} {value}, unter {limit}.",
    "trigger_time": "Es war {when} {value}.",
    "trigger_sun": "Es war {when} {value}.",
    "trigger_interval": "{value} Sekunden waren {when} vergangen.",
    "trigger_other": "Der Auslöser der Regel war {when} erfüllt.",
    "sunrise": "Sonnenaufgang", "sunset": "Sonnenuntergang",
    "condition": "{name} war {value}, wie es die Regel verlangt.",
    "rule": "Darum löste die Regel „{what}“ ({id}) aus.",
    "granted": "Es öffnet etwas; ein dauerhaftes Ja zu dieser Regel erlaubte es.",
    "safe": "Es öffnet nichts, darum musste niemand gefragt werden.",
    "asked_for_yes": "Es öffnet etwas, darum wartete es auf ein Ja.",
    "approved": "{who} erlaubte es {when}.", "denied": "{who} sagte {when} nein.",
    "expired": "Niemand antwortete rechtzeitig.", "policy": "{what}",
    "sent": "Ich sandte {when} {call}.", "not_sent": "Ich sandte {call} nicht: {what}",
    "read": "Zurückgelesen: {what}", "unread": "Es wurde nicht bestätigt: {what}",
    "by_person": "{who} änderte es {when} in Home Assistant, nicht Wactorz.",
    "by_automation": "Home Assistants Automation „{who}“ tat es {when}{what}, nicht Wactorz.",
    "by_script": "Home Assistants Skript oder Szene „{who}“ tat es {when}, nicht Wactorz.",
    "by_other": "Etwas in Home Assistant tat es {when}{what}, nicht Wactorz.",
    "by_itself": "Es änderte sich {when} am Gerät selbst oder durch seine Integration; Wactorz tat es nicht.",
    "is_so": "{name} ist {state}.",
    "unknown_entity": "{name} gibt es im Haus nicht.",
    "nothing": "Wactorz hat noch nichts bewegt.",
    "refused_later": "Danach wurde {when} {call} verlangt, aber nicht getan: {what}",
    "before_that": "Davor, {when}, sandte ich {call}.",
    "away_actuator": "home-assistant-actuator antwortet nicht; dies ist nur, was Home Assistant zeigt.",
    "away_planner": "planner antwortet nicht; mehr zur Regel weiß ich nicht.",
    "away_home": "Home Assistant antwortet nicht, wie es jetzt ist: {what}",
    "at": "um {clock}", "yesterday": "gestern um {clock}", "on": "am {day}. {month} um {clock}",
    "because": " wegen {what}",
}  # fmt: skip

_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip
_TABLES = {"en": _ENGLISH, "de": _GERMAN}


def text(language: str, key: str, **values: Any) -> str:
    """A sentence in a language; English where there is no table for it."""
    return _TABLES.get(language[:2], _ENGLISH)[key].format(**values)


def month(language: str, number: int, english: str) -> str:
    """The name of a month."""
    return _MONTHS[number - 1] if language.startswith("de") else english
