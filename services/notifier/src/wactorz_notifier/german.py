"""What the notifier says, in German: each English sentence with its twin."""

from wactorz_common.language import Phrases

GERMAN = {
    "{target} did not get it: {problem}": "{target} hat es nicht bekommen: {problem}",
    "I do not know where on {wanted} to say that, so I showed it on the page: {how_to}":
        "Ich weiß nicht, wo auf {wanted} ich das sagen soll, darum steht es auf der Seite: {how_to}",
    "Not told: the same was told before, and {left:.0f} s are to pass":
        "Nicht gemeldet: Dasselbe wurde schon gemeldet, und erst in {left:.0f} s darf es wieder sein",
    "Held until {when}, when the quiet hours end": "Zurückgehalten bis {when}, wenn die Ruhezeit endet",
    "There are many notices at once: told with the others at {when}":
        "Es sind viele Hinweise auf einmal: gemeldet mit den anderen um {when}",
    ". For another place {how_to}": ". Für einen anderen Ort {how_to}",
    "'{text}' are no hours: write them as 22:00-06:00": "„{text}“ ist keine Zeitspanne: Schreib sie wie 22:00-06:00",
    "Shown on the page{hint}": "Auf der Seite gezeigt{hint}",
    "Told on {target}": "Auf {target} gemeldet",
    "Told together": "Zusammen gemeldet",
    "Not told: {problem}": "Nicht gemeldet: {problem}",
    "Changed the message on {target}": "Die Nachricht auf {target} wurde geändert",
    "{target} was busy with other notices for too long, so this one was not sent":
        "{target} war zu lange mit anderen Hinweisen beschäftigt, darum wurde dieser nicht gesendet",
    "Unknown, sent perhaps: {why}. It is not sent again, so that nobody is told twice.":
        "Unbekannt, vielleicht gesendet: {why}. Es wird nicht noch einmal gesendet, damit niemand es zweimal bekommt.",
    "the notifier was stopped while it was sending": "der Notifier wurde beim Senden angehalten",
    "A notice did not arrive on {place}: {problem}. It is shown on the page instead.":
        "Ein Hinweis kam auf {place} nicht an: {problem}. Er steht stattdessen auf der Seite.",
    "Only a person may change where notices go and which secrets are kept: type it in the chat":
        "Nur ein Mensch darf ändern, wohin Hinweise gehen und welche Geheimnisse verwahrt werden: Schreib es im Chat",
    "No place for notices is stored, so that they are shown on the page. For one, {how_to}.":
        "Es ist kein Ort für Hinweise gespeichert, darum stehen sie auf der Seite. Für einen Ort {how_to}.",
    "\nQuiet hours: {quiet_hours}.": "\nRuhezeit: {quiet_hours}.",
    "Notices go to:": "Hinweise gehen an:",
    "To try one, say `@notifier test {name}`.": "Zum Ausprobieren sag `@notifier test {name}`.",
    ", the usual one": ", der übliche",
    "; the last notice did not arrive: {problem}": "; der letzte Hinweis kam nicht an: {problem}",
    "This is a test from Wactorz. Notices arrive here.": "Das ist eine Probe von Wactorz. Hinweise kommen hier an.",
    " ({count} times)": " ({count}-mal)",
    "{CUT} and {told} more": "{CUT} und {told} weitere",
    "While it was quiet:": "Während der Ruhezeit:",
    "{count} notices at once:": "{count} Hinweise auf einmal:",
    "type `/webhook {service} URL`": "tippe `/webhook {service} URL`",
    ", with {EXAMPLES}": ", mit {EXAMPLES}",
    "That is no URL: give one such as {EXAMPLES}": "Das ist keine URL: Gib eine an wie {EXAMPLES}",
    "That is no URL: type the whole of it, with https:// in front":
        "Das ist keine URL: Tippe sie ganz, mit https:// davor",
    "That is no address of {agreed} for notices: it looks like {EXAMPLES}":
        "Das ist keine Adresse von {agreed} für Hinweise: So eine sieht aus wie {EXAMPLES}",
    "The chat is missing: add ?chat_id=NUMBER, as in {EXAMPLES}":
        "Der Chat fehlt: Hänge ?chat_id=NUMMER an, wie in {EXAMPLES}",
    "That is a URL of {found}, not of {wanted}: type `/webhook {found} URL`":
        "Das ist eine URL von {found}, nicht von {wanted}: Tippe `/webhook {found} URL`",
    "That cannot be the name of a place: give one word, such as discord or family-chat":
        "So kann kein Ort heißen: Gib ein Wort an, wie discord oder familien-chat",
    "No service is known for that URL. Discord, Slack, Telegram and webhooks are given by their https:// addresses, "
    "others as in ntfy://TOPIC or mailto://USER:PASSWORD@HOST":
        "Zu dieser URL ist kein Dienst bekannt. Discord, Slack, Telegram und Webhooks gibt man mit ihren "
        "https://-Adressen an, andere wie ntfy://THEMA oder mailto://NAME:PASSWORT@HOST",
    "there is {names}": "es gibt {names}",
    "none is stored": "es ist keiner gespeichert",
    "There are {places} places already: forget one first": "Es gibt schon {places} Orte: Vergiss erst einen",
    "There is no place called {name}; {known}": "Einen Ort namens {name} gibt es nicht; {known}",
    "{MOST_SECRETS} secrets are kept already: forget one first":
        "Es sind schon {MOST_SECRETS} Geheimnisse verwahrt: Vergiss erst eines",
    "it cannot be reached": "nicht erreichbar",
    "its address cannot be used: enter it again": "die Adresse ist nicht brauchbar: Gib sie noch einmal ein",
    "it did not answer in time": "keine Antwort in der Zeit",
    "the connection broke before it answered": "die Verbindung brach vor der Antwort ab",
    "the message is not there any more": "die Nachricht ist nicht mehr da",
    "it takes no more messages for now": "im Moment werden keine weiteren Nachrichten angenommen",
    "it does not take the message": "die Nachricht wird nicht angenommen",
    "it did not take the message": "die Nachricht wurde nicht angenommen",
    "it sends us elsewhere: enter the address that it has now":
        "es verweist woandershin: Gib die Adresse ein, die jetzt gilt",
    "it does not accept the key any more": "der Schlüssel gilt nicht mehr",
    "it does not let us in": "kein Zutritt",
    "there is nothing at that address": "unter dieser Adresse ist nichts",
    "that address was given up": "diese Adresse wurde aufgegeben",
    "the message is too long for it": "die Nachricht ist zu lang",


}  # fmt: skip

_BEGINNINGS = {
    "it has trouble of its own": "dort gibt es selbst eine Störung",
    "it cannot be spoken to": "damit lässt sich nicht sprechen",
}

phrase = Phrases({**_BEGINNINGS, **GERMAN})


def in_words(problem: str) -> str:
    """Why a notice did not arrive, kept in English, in the language of whoever asks; what a service said stays."""
    reason, bracket, rest = problem.partition(" (")
    return f"{phrase(reason)}{bracket}{rest}"
