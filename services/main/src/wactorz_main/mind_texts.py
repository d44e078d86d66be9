"""What is said about answers of the model, by language; what is missing in a language is said in English. Pure."""

from wactorz_common.contracts.llm import UnseenFile, WhyUnseen
from wactorz_common.language import from_tables

_TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "stopped": "Stopped.",
        "nothing_done": "Nothing was done.",
        "may_be_done": "What was handed over before may still be done.",
        "nothing_moved": "(To be clear: nothing was moved.)",
        "no_way": "I found no way to do that, so nothing was done.",
        "empty": "The model gave an empty answer, so nothing was done. Please ask again.",
        "declined": "The model declined to answer that. Nothing was done.",
        "too_long": "(The answer ends here because it reached its longest length.)",
        "rounds": "The model asked for more and more without coming to an answer, so I stopped after {count} rounds.",
        "unfinished": "The model could not finish its answer: {reason}",
        "no_answer": "I could not read that without a model, and the model could not be asked: {reason}. "
        "Nothing was done.",
        "decided": "That was decided before, and was not done a second time.",
        "repaired": "Mended in this conversation: {what}.",
        "sound": "The history of this conversation is in order: {count} exchanges, {summaries} summaries.",
        "mended_empty": "empty exchanges removed: {count}",
        "mended_broken": "exchanges that could not be read: {count}",
        "mended_index": "exchanges that could not be found any more: {count}",
        "mended_decisions": "answers of the model that could not be read: {count}",
        "mended_summaries": "summaries that told nothing: {count}",
        "file_unread": "I did not read {files}.",
        "file_cut": "Of the attached texts I read the first {count} characters.",
        "no_session": "This message belongs to no session, so there is no history to check.",
    },
    "de": {
        "stopped": "Gestoppt.",
        "nothing_done": "Es wurde nichts getan.",
        "may_be_done": "Was vorher übergeben wurde, kann noch geschehen.",
        "nothing_moved": "(Zur Klarheit: Es wurde nichts bewegt.)",
        "no_way": "Ich habe keinen Weg dafür gefunden, es wurde nichts getan.",
        "empty": "Das Modell gab eine leere Antwort, es wurde nichts getan. Bitte frag noch einmal.",
        "declined": "Das Modell wollte darauf nicht antworten. Es wurde nichts getan.",
        "too_long": "(Die Antwort endet hier, weil sie ihre größte Länge erreicht hat.)",
        "rounds": "Das Modell wollte immer mehr, ohne zu antworten; nach {count} Runden habe ich aufgehört.",
        "unfinished": "Das Modell konnte seine Antwort nicht beenden: {reason}",
        "no_answer": "Ohne Modell konnte ich das nicht lesen, und das Modell war nicht zu fragen: {reason}. "
        "Es wurde nichts getan.",
        "decided": "Das wurde schon entschieden und nicht noch einmal getan.",
        "repaired": "In diesem Gespräch berichtigt: {what}.",
        "sound": "Der Verlauf dieses Gesprächs ist in Ordnung: {count} Wortwechsel, {summaries} Zusammenfassungen.",
        "mended_empty": "leere Wortwechsel entfernt: {count}",
        "mended_broken": "Wortwechsel, die nicht zu lesen waren: {count}",
        "mended_index": "Wortwechsel, die nicht mehr zu finden waren: {count}",
        "mended_decisions": "unlesbare Antworten des Modells: {count}",
        "mended_summaries": "Zusammenfassungen ohne Inhalt: {count}",
        "file_unread": "{files} habe ich nicht gelesen.",
        "file_cut": "Von den angehängten Texten habe ich die ersten {count} Zeichen gelesen.",
        "no_session": "Diese Nachricht gehört zu keiner Sitzung, darum gibt es keinen Verlauf zu prüfen.",
    },
}


_UNSEEN: dict[WhyUnseen, str] = {
    "no_pictures": "{detail} sieht keine Bilder",
    "no_documents": "{detail} liest keine PDF",
    "format": "{detail} ist eine Art Bild, die das Modell nicht nimmt",
    "kind": "Dateien dieser Art liest kein Modell ({detail})",
    "large": "größer als {detail}",
    "pixels": "breiter oder höher als {detail} Pixel",
    "pages": "mehr als {detail} Seiten",
    "many": "auf einmal lassen sich nur so viele Dateien zeigen ({detail})",
    "damaged": "die Datei ist beschädigt",
    "other_kind": "der Inhalt ist nicht, was er zu sein vorgibt",
    "locked": "die Datei ist mit einem Passwort verschlossen",
    "gone": "die Datei ist nicht mehr aufbewahrt, bitte häng sie neu an",
    "unreachable": "die Datei war nicht zu holen, bitte frag noch einmal",
    "unasked": "keinem Sprachmodell gezeigt",
}
"""Why a file was not looked at, in German; in English the llm service says it."""


def unseen(language: str, file: UnseenFile) -> str:
    """That a file was not looked at, and why."""
    if language.partition("-")[0].casefold() != "de":
        return file.sentence
    return f"{file.name} wurde nicht angesehen: {_UNSEEN[file.why].format(detail=file.detail)}."


def say(language: str, key: str, **values: object) -> str:
    """A sentence in a language, or in English."""
    return from_tables(_TEXTS, language, key, **values)
