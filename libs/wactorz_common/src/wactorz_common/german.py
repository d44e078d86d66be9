"""What the common library says, in German: each English sentence with its twin."""

from wactorz_common.language import Phrases

GERMAN = {
    "{key} in the data of {service} names further targets":
        "{key} in den Daten von {service} nennt weitere Ziele",
    "what {service} does to {name} cannot be looked into": "was {service} mit {name} tut, ist nicht einsehbar",
    "what {name} ({domain}) does cannot be looked into": "was {name} ({domain}) tut, ist nicht einsehbar",
    "{name} would set {other}": "{name} würde {other} stellen",
    "{name} would be operated": "{name} würde betätigt",
    "{name} would be switched off": "{name} würde ausgeschaltet",
    "{name} would be switched on": "{name} würde eingeschaltet",
    "{name} would be changed": "{name} würde geändert",
    "{name} would be unlocked": "{name} würde aufgeschlossen",
    "{name} would be disarmed": "{name} würde unscharf geschaltet",
    "{name} would be opened": "{name} würde geöffnet",
    "{count} approvals are open already: decide them first, or let them expire":
        "Es sind schon {count} Freigaben offen: Entscheide erst über sie, oder lass sie verfallen",
    "There is no such approval: list the open ones with `/approvals`":
        "Diese Freigabe gibt es nicht: `/approvals` zeigt die offenen",
    "This approval is approved and cannot be used again: ask for it once more":
        "Diese Freigabe ist schon erteilt und gilt nur einmal: Verlange es noch einmal",
    "This approval is denied and cannot be used again: ask for it once more":
        "Diese Freigabe ist abgelehnt und gilt nicht mehr: Verlange es noch einmal",
    "This approval is expired and cannot be used again: ask for it once more":
        "Diese Freigabe ist abgelaufen und gilt nicht mehr: Verlange es noch einmal",
    "What was approved is not what is kept: ask for it once more":
        "Freigegeben wurde etwas anderes, als hier steht: Verlange es noch einmal",
}  # fmt: skip

phrase = Phrases(GERMAN)
