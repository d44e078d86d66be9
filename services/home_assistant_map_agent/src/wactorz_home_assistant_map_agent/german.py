"""What the map agent says, in German: each English sentence with its twin."""

from wactorz_common.language import Phrases

GERMAN = {
    "I know three commands: status, refresh, refresh simple.":
        "Ich kenne drei Befehle: status, refresh, refresh simple.",
    "1 area": "1 Bereich", "{count} areas": "{count} Bereiche",
    "1 device": "1 Gerät", "{count} devices": "{count} Geräte",
    "1 entity": "1 Entität", "{count} entities": "{count} Entitäten",
    "Home Assistant is connected.": "Home Assistant ist verbunden.",
    "{reach} The house is not known yet.": "{reach} Das Haus ist noch nicht bekannt.",
    "1 change noticed since my start": "1 Änderung bemerkt, seit ich laufe",
    "{count} changes noticed since my start": "{count} Änderungen bemerkt, seit ich laufe",
    "version {number}": "Version {number}",
    "Read again: {contents} (version {number}).": "Neu gelesen: {contents} (Version {number}).",
    "Home Assistant is connected, but its registries have not been read yet":
        "Home Assistant ist verbunden, aber seine Verzeichnisse sind noch nicht gelesen",
    "Home Assistant at {url} answers, but it tells neither areas nor devices nor entities: this version of it is too "
    "old or too new, or the user of HA_TOKEN may not read them. Devices are known by their states alone.":
        "Home Assistant unter {url} antwortet, nennt aber weder Bereiche noch Geräte noch Entitäten: Diese Version ist "
        "zu alt oder zu neu, oder der Benutzer von HA_TOKEN darf sie nicht lesen. Geräte sind nur durch ihre Zustände "
        "bekannt.",
}  # fmt: skip

phrase = Phrases(GERMAN)
