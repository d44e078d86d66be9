"""What the io-agent says, in German: each English sentence with its twin."""

from wactorz_common.language import Phrases

GERMAN = {
    "Nothing was passed on: a spawned agent speaks for no person. It may send a task to the agent itself, with a "
    "grant.":
        "Es wurde nichts weitergegeben: Ein erzeugter Agent spricht für keinen Menschen. Mit einer Erlaubnis darf er "
        "dem Agenten selbst einen Auftrag schicken.",
    "Nothing was passed on: a PIN is not taken over MQTT, where others may read it. Answer on the page, with "
    "`wactorz approve ID` or with POST /api/approvals/ID, and choose a new PIN, because this one was readable.":
        "Es wurde nichts weitergegeben: Über MQTT wird keine PIN angenommen, denn dort können andere sie lesen. "
        "Antworte auf der Seite, mit `wactorz approve ID` oder mit POST /api/approvals/ID, und wähle eine neue PIN, "
        "weil diese lesbar war.",
    "Nothing was passed on: a secret is kept only when it is said to main. Say it without the name of an agent, for "
    "example: /webhook discord URL; nothing of it was kept.":
        "Es wurde nichts weitergegeben: Ein Geheimnis wird nur behalten, wenn es main gesagt wird. Sag es ohne den "
        "Namen eines Agenten, zum Beispiel: /webhook discord URL; es wurde nichts davon behalten.",
    "{agent} is busy with what you said before, so nothing was done. Please say it again later.":
        "{agent} ist noch mit dem beschäftigt, was du vorher gesagt hast; es wurde nichts getan. Bitte sag es später "
        "noch einmal.",
    "@{name} is paused, so nothing was passed on. /agents resume {name} wakes it; /agents shows who is here.":
        "@{name} pausiert, darum wurde nichts weitergegeben. /agents resume {name} weckt ihn; /agents zeigt, wer da "
        "ist.",
    "@{name} is stopped, so nothing was passed on. /start {name} starts it; /agents shows who is here.":
        "@{name} ist gestoppt, darum wurde nichts weitergegeben. /start {name} startet ihn; /agents zeigt, wer da ist.",
    " or ": " oder ",
    "Agent @{name} not found. Did you mean {names}?": "Einen Agenten @{name} gibt es nicht. Meintest du {names}?",
    "Agent @{name} not found. /agents lists those that are here.":
        "Einen Agenten @{name} gibt es nicht. /agents zeigt alle, die da sind.",
    "That message has {count} characters; at most {most} are read. Please say it shorter.":
        "Diese Nachricht hat {count} Zeichen; gelesen werden höchstens {most}. Bitte sag es kürzer.",
    "That message came {seconds} s late, so nothing was done. Please say it again.":
        "Diese Nachricht kam {seconds} s zu spät, es wurde nichts getan. Bitte sag es noch einmal.",
    "{agent} could not do that.": "{agent} konnte das nicht tun.",
    "{agent} did not get to it in time, so nothing was done. Is it running? /agents shows it.":
        "{agent} kam nicht rechtzeitig dazu, es wurde nichts getan. Läuft er? /agents zeigt es.",
    "{agent} did not answer in time. Whether it did as asked is not known: {problem}.":
        "{agent} hat nicht rechtzeitig geantwortet. Ob es getan wurde, ist nicht bekannt: {problem}.",
    "no answer came": "es kam keine Antwort",
    "{agent} does not read attached files; ask main about them.":
        "{agent} liest keine angehängten Dateien; frag main danach.",
    "Stopped.": "Gestoppt.",
    "Nothing is being answered here. A plan of this conversation that still runs is told to stop; "
    "/stop all stops everything, /stop NAME one agent.":
        "Hier wird gerade nichts beantwortet. Ein Plan dieses Gesprächs, der noch läuft, soll aufhören; "
        "/stop all stoppt alles, /stop NAME einen Agenten.",
    "Stopped: {agent} is not waited for any more. What it was asked before may still be done.":
        "Gestoppt: Auf {agent} wird nicht mehr gewartet. Was ihm vorher gesagt wurde, kann noch geschehen.",
    "Stopped. Nothing was done.": "Gestoppt. Es wurde nichts getan.",
}  # fmt: skip

phrase = Phrases(GERMAN)
