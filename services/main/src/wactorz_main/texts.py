"""Main's own frequent sentences, by language; what is missing in a language is said in English. Pure."""

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wactorz_common.contracts.spawning import Approval
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.decisions import read_decision
from wactorz_common.language import from_tables

_SMALL_TALK = re.compile(
    r"^(?:(?P<hello>(?:hello|hi|hey|good (?:morning|evening)|hallo|moin|servus|guten (?:morgen|tag|abend)))"
    r"|(?P<welcome>(?:thanks|thank you|thx|danke|danke schön|vielen dank)(?: (?:a lot|so much|very much|sehr))?))"
    r"(?: (?:wactorz|house|haus|there))?[.! ]*$",
    re.IGNORECASE,
)
_TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "done": "Done.",
        "done_what": "Done: {what}.",
        "failed": "That could not be done.",
        "expired": "That was not done: its time was over before anybody could take it up.",
        "unknown": "No confirmation came in time: whether that was done is not known. Please have a look.",
        "no_time": "There was no time left to do that, so it was not done.",
        "nothing_done": "Nothing was done.",
        "nothing_waits": "Nothing waits for a yes here; /approvals shows what does.",
        "waiting": "This waits for your yes until {until} ({seconds} s): {what}.",
        "answer": "Answer yes or no here, or type /approve {id} or /deny {id}.",
        "answer_pin": "It needs your PIN: answer yes with it here, or type /approve {id} PIN or /deny {id}.",
        "answer_elsewhere": "Say yes with `wactorz approve {id}`, on the page, or with POST /api/approvals/{id}.",
        "unknown_name": "I do not know anything called '{name}' in the home, so nothing was done.",
        "stopped": "Everything is stopped: no device is moved, no rule fires and no agent is spawned. "
        "/go lets it act again.",
        "released": "Everything may act again.",
        "not_understood": "I did not understand '{said}'.",
        "about": "It may be about {names}.",
        "no_model": "No language model is configured, so I read only what I know.",
        "see_help": "/help shows what can be said.",
        "hello": "Hello. Say what you want, for example: turn on the kitchen light. /help shows more.",
        "welcome": "You are welcome.",
        "did_you_mean": "Did you mean {names}?",
        "or": "or",
        "not_yet_known": "I am still getting to know the home. Please try again in a few seconds.",
        "too_long": "That is too long: at most {limit} characters are read.",
        "empty": "Please say something; /help shows what I can do.",
        "language_set": "I read and answer English in this conversation from now on.",
        "language_auto": "I go by the language of each sentence in this conversation.",
        "languages": "This conversation is read in: {now}. There are: {known}. Type /language CODE, or /language auto.",
        "language_unknown": "There is no language '{code}' here. There are: {known}.",
        "facts": "What I remember of you:",
        "no_facts": "I remember nothing of you yet. Say for example: remember that I like it warm.",
        "summaries": "What we spoke of before, in short:",
        "secrets": "Secrets in the vault, which I cannot read:",
        "no_vault": "The vault does not answer, so secrets are not shown.",
        "memory_usage": "/memory forget KEY forgets one thing, /memory clear everything.",
        "fact_kept": "I will remember that {what} ({name}). /memory shows what I remember.",
        "fact_long": "That is too long to remember: at most {limit} characters. Please say it shorter.",
        "no_fact": "I remember nothing called '{name}'. /memory shows what I remember.",
        "forgotten": "{name} is forgotten.",
        "forgotten_all": "Everything I remembered of you and of this conversation is forgotten. Secrets stay until "
        "/memory forget secret:NAME.",
        "secret_stored": "That is a secret: it is in the vault as {reference}, and I know only that name.",
        "secret_not_stored": "The secret {reference} could not be stored, and was not kept.",
        "secret_unsealed": "That names a secret that did not come with this message, so nothing was done. Type the "
        "secret itself: it is sealed before it goes anywhere.",
        "webhook_stored": "Notices can go to {name} now; the address is in the vault as {reference}. "
        "Try it with /webhook test {name}.",
        "webhook_usage": "Type /webhook, /webhook SERVICE URL (discord, slack, telegram, or any address of Apprise), "
        "/webhook test NAME or /webhook remove NAME.",
        "notify_usage": "Type /notify TEXT, or /notify PLACE: TEXT.",
        "test_notice": "This is a test from Wactorz: notices arrive here.",
        "plans_usage": "Type /plans, /plans show, approve, reject or cancel with the ID of a plan, or /plans clear.",
        "plans_cleared": "All kept plans are forgotten.",
        "plans_left": "Kept plans are forgotten, except for {number} that still run or wait.",
        "cost_usage": "Type /cost [today|month], /cost agent NAME, /cost rule ID, /cost by session, day or model as "
        "/cost session, or /cost limit USD [daily|weekly|monthly] [agent NAME].",
        "limit_elsewhere": "Nothing was changed: a limit counts only where I know who sets it. Use the page, "
        "`wactorz`, or POST /api/cost/limit.",
        "undo_rule": "/undo takes it back.",
        "undo_usage": "/undo takes back what was made last here, and nothing may follow it. For one rule: "
        "/rules delete ID.",
        "rule_unnamed": "Nothing was changed: name one rule by its ID.",
        "nothing_runs": "Nothing is being answered here that could be stopped. /stop all stops everything, "
        "/stop NAME one agent.",
        "nothing_made": "Nothing was made here that could be taken back.",
        "no_such_rule": "No rule is called that. /rules lists them.",
        "which_rule": "Which rule do you mean? {names}",
        "which_rule_id": "Say which rule, by its ID or its words: why did rule ID not fire last night?",
    },
    "de": {
        "done": "Erledigt.",
        "done_what": "Erledigt: {what}.",
        "failed": "Das ging nicht.",
        "expired": "Das wurde nicht getan: Die Zeit war um, bevor es jemand übernehmen konnte.",
        "unknown": "Es kam keine Bestätigung: Ob es getan wurde, ist nicht bekannt. Bitte schau nach.",
        "no_time": "Dafür blieb keine Zeit, es wurde nicht getan.",
        "nothing_done": "Es wurde nichts getan.",
        "nothing_waits": "Hier wartet nichts auf ein Ja; /approvals zeigt, was wartet.",
        "waiting": "Das wartet bis {until} ({seconds} s) auf dein Ja: {what}.",
        "answer": "Antworte hier mit ja oder nein, oder tippe /approve {id} oder /deny {id}.",
        "answer_pin": "Das braucht die PIN: antworte mit ja und der PIN, oder tippe /approve {id} PIN oder /deny {id}.",
        "answer_elsewhere": "Sag ja mit `wactorz approve {id}`, auf der Seite oder mit POST /api/approvals/{id}.",
        "unknown_name": "Ich kenne im Haus nichts, das '{name}' heißt; es wurde nichts getan.",
        "stopped": "Alles ist gestoppt: Kein Gerät wird bewegt, keine Regel feuert, kein Agent wird gestartet. "
        "/go lässt alles wieder handeln.",
        "released": "Alles darf wieder handeln.",
        "not_understood": "Ich habe '{said}' nicht verstanden.",
        "about": "Vielleicht geht es um {names}.",
        "no_model": "Es ist kein Sprachmodell eingerichtet, darum verstehe ich nur, was ich kenne.",
        "see_help": "/help zeigt, was man sagen kann.",
        "hello": "Hallo. Sag, was du möchtest, zum Beispiel: schalte das Licht in der Küche ein. /help zeigt mehr.",
        "welcome": "Gern geschehen.",
        "did_you_mean": "Meintest du {names}?",
        "or": "oder",
        "not_yet_known": "Ich lerne das Haus gerade erst kennen. Bitte versuche es in ein paar Sekunden noch einmal.",
        "too_long": "Das ist zu lang: Gelesen werden höchstens {limit} Zeichen.",
        "empty": "Bitte sag etwas; /help zeigt, was ich kann.",
        "language_set": "In diesem Gespräch lese und antworte ich ab jetzt auf Deutsch.",
        "language_auto": "In diesem Gespräch richte ich mich nach der Sprache jedes Satzes.",
        "languages": "Sprache dieses Gesprächs: {now}. Es gibt: {known}. Tippe /language CODE oder /language auto.",
        "language_unknown": "Die Sprache '{code}' gibt es hier nicht. Es gibt: {known}.",
        "facts": "Das habe ich mir von dir gemerkt:",
        "no_facts": "Ich habe mir noch nichts von dir gemerkt. Sag zum Beispiel: merke dir, dass ich es warm mag.",
        "summaries": "Worüber wir vorher sprachen, in Kürze:",
        "secrets": "Geheimnisse im Tresor, die ich nicht lesen kann:",
        "no_vault": "Der Tresor antwortet nicht, darum werden Geheimnisse nicht gezeigt.",
        "memory_usage": "/memory forget NAME vergisst eine Sache, /memory clear alles.",
        "fact_kept": "Ich merke mir: {what} ({name}). /memory zeigt, was ich mir gemerkt habe.",
        "fact_long": "Das ist zu lang zum Merken: höchstens {limit} Zeichen. Bitte sag es kürzer.",
        "no_fact": "Ich habe mir nichts gemerkt, das '{name}' heißt. /memory zeigt, was ich mir gemerkt habe.",
        "forgotten": "{name} ist vergessen.",
        "forgotten_all": "Alles, was ich von dir und diesem Gespräch wusste, ist vergessen. Geheimnisse bleiben bis "
        "/memory forget secret:NAME.",
        "secret_stored": "Das ist ein Geheimnis: Es liegt als {reference} im Tresor, ich kenne nur diesen Namen.",
        "secret_not_stored": "Das Geheimnis {reference} konnte nicht gespeichert werden und wurde nicht behalten.",
        "secret_unsealed": "Das nennt ein Geheimnis, das nicht mit dieser Nachricht kam; es wurde nichts getan. Tippe "
        "das Geheimnis selbst: Es wird versiegelt, bevor es irgendwohin geht.",
        "webhook_stored": "Nachrichten können jetzt an {name} gehen; die Adresse liegt als {reference} im Tresor. "
        "/webhook test {name} probiert es aus.",
        "webhook_usage": "Tippe /webhook, /webhook DIENST URL (discord, slack, telegram oder eine Adresse von "
        "Apprise), /webhook test NAME oder /webhook remove NAME.",
        "notify_usage": "Tippe /notify TEXT oder /notify ORT: TEXT.",
        "test_notice": "Das ist ein Test von Wactorz: Nachrichten kommen hier an.",
        "plans_usage": "Tippe /plans, /plans show, approve, reject oder cancel mit der ID eines Plans, oder "
        "/plans clear.",
        "plans_cleared": "Alle behaltenen Pläne sind vergessen.",
        "plans_left": "Behaltene Pläne sind vergessen, bis auf {number}, die noch laufen oder warten.",
        "cost_usage": "Tippe /cost [today|month], /cost agent NAME, /cost rule ID, nach Gespräch, Tag oder Modell "
        "mit /cost session, oder /cost limit USD [daily|weekly|monthly] [agent NAME].",
        "limit_elsewhere": "Es wurde nichts geändert: Eine Grenze zählt nur, wo ich weiß, wer sie setzt. Nimm die "
        "Seite, `wactorz` oder POST /api/cost/limit.",
        "undo_rule": "/undo nimmt sie zurück.",
        "undo_usage": "/undo nimmt zurück, was hier zuletzt gemacht wurde; dahinter darf nichts stehen. Für eine "
        "Regel: /rules delete ID.",
        "rule_unnamed": "Es wurde nichts geändert: Nenne eine Regel mit ihrer ID.",
        "nothing_runs": "Hier wird gerade nichts beantwortet, was abzubrechen wäre. /stop all hält alles an, "
        "/stop NAME einen Agenten.",
        "nothing_made": "Hier wurde nichts gemacht, was zurückzunehmen wäre.",
        "no_such_rule": "So heißt keine Regel. /rules zeigt alle.",
        "which_rule": "Welche Regel meinst du? {names}",
        "which_rule_id": "Sag, welche Regel, mit ihrer ID oder ihren Worten: warum hat Regel ID letzte Nacht nicht "
        "ausgelöst?",
    },
}


def say(language: str, key: str, **values: object) -> str:
    """A sentence in a language, or in English."""
    return from_tables(_TEXTS, language, key, **values)


def small_talk(language: str, text: str) -> str:
    """What is answered to a greeting, to thanks, and to a yes or no that nothing waits for; empty otherwise."""
    if read_decision(text) is not None:
        return say(language, "nothing_waits")
    found = _SMALL_TALK.match(text.strip())
    return say(language, str(found.lastgroup)) if found else ""


def ended(language: str, state: TaskState) -> str:
    """What is said of a task that ended without words of its own."""
    return say(language, state.value)


def either(language: str, names: list[str]) -> str:
    """Names with an or before the last."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {say(language, 'or')} {names[-1]}"


def waiting(language: str, approval: Approval, now: float, time_zone: str, *, here: bool = True) -> str:
    """What exactly will happen, until when it can be allowed, and how; `here` when a plain yes can be passed on."""
    said = say(
        language, "waiting", what=approval.summary_in(language).rstrip(". "),
        until=clock(approval.expires_at, time_zone), seconds=max(0, round(approval.expires_at - now)),
    )  # fmt: skip
    return f"{said}\n{how_to_answer(language, approval.id, pin=approval.needs_pin, here=here)}"


def how_to_answer(language: str, approval_id: str, *, pin: bool = False, here: bool = True) -> str:
    """How an approval is answered; a conversation without a session cannot take a plain yes."""
    key = "answer_elsewhere" if not here else "answer_pin" if pin else "answer"
    return say(language, key, id=approval_id)


def sentence(text: str) -> str:
    """A text with one mark at its end."""
    plain = text.rstrip(". ")
    return plain if plain.endswith(("?", "!")) else f"{plain}."


def lines(parts: Iterable[str]) -> str:
    """Parts that are not empty, each on a line of its own."""
    return "\n".join(filter(None, parts))


def clock(at: float, time_zone: str, form: str = "%H:%M:%S") -> str:
    """An epoch second in the house's time, or in that of this machine when the zone is not known."""
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return datetime.fromtimestamp(at).astimezone().strftime(form)
    return datetime.fromtimestamp(at, zone).strftime(form)
