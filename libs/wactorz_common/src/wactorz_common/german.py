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
    "nothing": "nichts",
    "Agent '{name}' does not know '{action}'; it answers: {known}":
        "Der Agent '{name}' kennt '{action}' nicht; er beantwortet: {known}",
    "Agent '{name}' has no handle_task function.": "Der Agent '{name}' hat keine Funktion handle_task.",
    "{name} is paused; resume it first": "{name} pausiert; lass es erst weitermachen",
    "{name} has too much to do; try again in a moment": "{name} hat zu viel zu tun; versuche es gleich noch einmal",
    "{name} did not finish '{task}' within {seconds} s": "{name} wurde mit '{task}' in {seconds} s nicht fertig",
    "{name} lost what '{task}' was waiting for": "{name} hat verloren, worauf '{task}' wartete",
    "The task came {seconds} s after its deadline and was not done":
        "Der Auftrag kam {seconds} s nach seiner Frist und wurde nicht ausgeführt",
    "the task came after its deadline and was not run":
        "der Auftrag kam nach seiner Frist und wurde nicht ausgeführt",
    "the task could not be sent before its deadline, so it was not done":
        "der Auftrag konnte vor seiner Frist nicht gesendet werden und wurde nicht ausgeführt",
    "no answer came in time, so it is unknown whether it was done":
        "es kam rechtzeitig keine Antwort; ob es getan wurde, ist nicht bekannt",
    "{count} tasks wait for an answer already: try again in a minute":
        "Schon {count} Aufträge warten auf eine Antwort: Versuche es in einer Minute noch einmal",
    "less than 500 MB are free on the disk, so no new task is taken: free some space":
        "auf der Platte sind weniger als 500 MB frei, darum wird kein neuer Auftrag angenommen: Schaffe Platz",
    "The MQTT broker at {broker} cannot be reached": "Der MQTT-Broker unter {broker} ist nicht erreichbar",
    "No answer on {topic} within {seconds} s": "Auf {topic} kam in {seconds} s keine Antwort",
    "{name} cannot be read here: enter it again": "{name} ist hier nicht lesbar: Gib es noch einmal ein",
    "I cannot take a secret now: the vault, which alone may keep it, does not answer yet. Nothing was kept and nothing "
    "was passed on. Please say it again in a moment.":
        "Ich kann gerade kein Geheimnis annehmen: Der Tresor, der es allein behalten darf, antwortet noch nicht. Es "
        "wurde nichts behalten und nichts weitergegeben. Bitte sag es gleich noch einmal.",
    "That is more than {most} secrets at once. Nothing was kept; please say them one after the other.":
        "Das sind mehr als {most} Geheimnisse auf einmal. Es wurde nichts behalten; bitte sag sie nacheinander.",
    "That secret is longer than {most} characters. Nothing was kept.":
        "Dieses Geheimnis ist länger als {most} Zeichen. Es wurde nichts behalten.",
}  # fmt: skip

phrase = Phrases(GERMAN)
