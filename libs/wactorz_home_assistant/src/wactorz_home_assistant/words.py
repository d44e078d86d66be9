"""German for words of Home Assistant: states, kinds of entity and what is set on them."""

STATES = {
    "on": "an", "off": "aus", "open": "offen", "closed": "geschlossen", "opening": "im Öffnen",
    "closing": "im Schließen", "locked": "abgeschlossen", "unlocked": "aufgeschlossen", "locking": "im Abschließen",
    "unlocking": "im Aufschließen", "jammed": "verklemmt", "disarmed": "unscharf", "armed home": "scharf (zu Hause)",
    "armed away": "scharf (unterwegs)", "armed night": "scharf (Nacht)", "armed vacation": "scharf (Urlaub)",
    "armed custom bypass": "scharf (mit Ausnahmen)", "arming": "im Scharfschalten",
    "disarming": "im Unscharfschalten", "pending": "vor dem Alarm", "triggered": "ausgelöst", "playing": "am Spielen",
    "paused": "angehalten", "idle": "untätig", "standby": "im Ruhezustand", "buffering": "am Laden",
    "cleaning": "am Saugen", "docked": "in der Station", "returning": "auf dem Rückweg", "mowing": "am Mähen",
    "error": "gestört", "heat": "Heizen", "cool": "Kühlen", "heat cool": "Heizen und Kühlen", "auto": "Automatik",
    "dry": "Entfeuchten", "fan only": "Lüften", "eco": "Eco", "active": "aktiv", "unknown": "unbekannt",
    "unavailable": "nicht erreichbar", "home": "zu Hause", "not home": "unterwegs", "above horizon": "hell",
    "below horizon": "dunkel",
}  # fmt: skip
"""States, with blanks in place of underscores."""

KINDS = {
    "light": "Licht", "switch": "Schalter", "cover": "Rollladen oder Tor", "climate": "Klimagerät",
    "media player": "Abspielgerät", "sensor": "Sensor", "binary sensor": "Melder", "fan": "Lüfter", "valve": "Ventil",
    "camera": "Kamera", "vacuum": "Saugroboter", "scene": "Szene", "script": "Skript", "button": "Taste",
    "automation": "Automatisierung", "alarm control panel": "Alarmanlage", "person": "Person", "lock": "Schloss",
    "group": "Gruppe", "lawn mower": "Mähroboter", "siren": "Sirene", "humidifier": "Luftbefeuchter",
    "input boolean": "Schalter", "number": "Zahl", "input number": "Zahl", "select": "Auswahl", "weather": "Wetter",
    "sun": "Sonne", "water heater": "Warmwasser", "remote": "Fernbedienung", "device tracker": "Gerät unterwegs",
    "update": "Aktualisierung", "timer": "Zeitgeber",
}  # fmt: skip
"""Domains."""

SETTINGS = {
    "brightness": "Helligkeit", "position": "Stellung", "tilt position": "Lamellenstellung", "percentage": "Stufe",
    "volume level": "Lautstärke", "temperature": "Temperatur", "target temp high": "höchste Temperatur",
    "target temp low": "tiefste Temperatur", "humidity": "Luftfeuchte", "value": "Wert",
    "color temperature": "Farbtemperatur", "mode": "Betriebsart", "fan mode": "Lüftermodus",
    "preset mode": "Voreinstellung", "swing mode": "Schwenkmodus", "swing horizontal mode": "Schwenkmodus quer",
    "option": "Auswahl", "source": "Quelle", "sound mode": "Klangmodus", "fan speed": "Saugstufe", "effect": "Effekt",
    "tone": "Ton", "operation mode": "Betriebsart",
}  # fmt: skip
"""Keys of service data and attributes."""
