"""What is said about Home Assistant itself, in German: each English sentence with its twin."""

from wactorz_common.language import Phrases

GERMAN = {
    "Check that it is running, and that HA_URL is right": "Prüfe, ob es läuft und ob HA_URL stimmt",
    "Home Assistant refuses the token in HA_TOKEN: make a new long-lived access token in your Home Assistant profile "
    "({url}/profile/security) and set HA_TOKEN to it":
        "Home Assistant lehnt das Token in HA_TOKEN ab: Mach in deinem Profil von Home Assistant "
        "({url}/profile/security) ein neues langlebiges Zugangstoken und setze HA_TOKEN darauf",
    "Home Assistant at {url} cannot be reached: {why}": "Home Assistant unter {url} ist nicht erreichbar: {why}",
    "Home Assistant at {url} did not answer {command}: {why}":
        "Home Assistant unter {url} hat auf {command} nicht geantwortet: {why}",
    "no connection has been made yet": "es gab noch keine Verbindung",
    "the connection was lost": "die Verbindung ging verloren",
    "it is still starting": "es startet noch",
    "not connected": "nicht verbunden",
    "no answer in time": "keine rechtzeitige Antwort",
    "connection refused": "die Verbindung wurde abgelehnt",
    "no answer within {seconds} s": "keine Antwort in {seconds} s",
    "the connection was lost before the answer came": "die Verbindung ging verloren, bevor die Antwort kam",
    "This Home Assistant keeps no history: add 'recorder:' and 'history:' to its configuration.yaml":
        "Dieses Home Assistant merkt sich keinen Verlauf: Nimm 'recorder:' und 'history:' in configuration.yaml auf",
}  # fmt: skip

phrase = Phrases(GERMAN)
