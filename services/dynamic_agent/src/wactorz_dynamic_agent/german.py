"""What a spawned agent's host says to people, in German: each English sentence with its twin."""

from wactorz_common.language import Phrases

GERMAN = {
    "{name} was not looked at: {reason}.": "{name} wurde nicht angesehen: {reason}.",
    "Agent '{name}' has no handle_task function.": "Der Agent '{name}' hat keine Funktion handle_task.",
    "{name} is being restarted; try again in a moment":
        "{name} wird gerade neu gestartet; versuche es gleich noch einmal",
    "I listen to {topics} and then do {calls}. So far I acted {count} time.":
        "Ich höre {topics} und tue dann {calls}. Bisher habe ich {count}-mal gehandelt.",
    "I listen to {topics} and then do {calls}. So far I acted {count} times.":
        "Ich höre {topics} und tue dann {calls}. Bisher habe ich {count}-mal gehandelt.",
    "Last message: {note}.": "Letzte Nachricht: {note}.",
}  # fmt: skip

phrase = Phrases(GERMAN)
