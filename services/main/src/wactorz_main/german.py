"""What main says, in German: each English sentence with its twin; frequent sentences have their keys in `texts`."""

from wactorz_common.language import Phrases

_WORDS = {
    "not heard yet": "noch nicht gehört", "running": "läuft", "paused": "pausiert", "stopped": "gestoppt",
    "failed": "gescheitert", "silent": "stumm", "idle": "bereit", "waiting": "wartet", "quarantined": "in Quarantäne",
    "done": "fertig", "skipped": "ausgelassen", "unknown": "ungewiss", "proposed": "vorgeschlagen",
    "cancelled": "abgebrochen", "rejected": "abgelehnt", "superseded": "abgelöst", "expired": "abgelaufen",
    "active": "aktiv", "online": "online", "OFFLINE": "OFFLINE", "spawned": "erzeugt", "everything": "alles",
    "daily": "täglich", "weekly": "wöchentlich", "monthly": "monatlich", "nobody": "niemand",
    "start": "starten", "stop": "stoppen", "restart": "neu starten", "pause": "pausieren", "resume": "weitermachen",
    "delete": "gelöscht werden", "shutdown": "herunterfahren",
}  # fmt: skip

_AGENTS = {
    "monitor, which keeps the spawned agents, does not answer, so nothing was done. Please try again in a moment.":
        "monitor, der die erzeugten Agenten verwaltet, antwortet nicht; es wurde nichts getan. Bitte versuche es "
        "gleich noch einmal.",
    "Done.": "Erledigt.",
    "That could not be done.": "Das ging nicht.",
    "That was not done: its time was over before the monitor could take it up.":
        "Das wurde nicht getan: Die Zeit war um, bevor monitor es übernehmen konnte.",
    "No confirmation came in time: whether that was done is not known. /agents shows it.":
        "Es kam keine Bestätigung: Ob es getan wurde, ist nicht bekannt. /agents zeigt es.",
    "(monitor does not answer: spawned agents are not marked now.)":
        "(monitor antwortet nicht: Erzeugte Agenten sind gerade nicht markiert.)",
    "No agent here has to do with '{word}'. /agents shows all.":
        "Kein Agent hier hat mit '{word}' zu tun. /agents zeigt alle.",
    "No agent here has to do with '{word}'.": "Kein Agent hier hat mit '{word}' zu tun.",
    "No agent was heard yet.": "Es war noch kein Agent zu hören.",
    "{count} agents:": "{count} Agenten:",
    "1 agent:": "1 Agent:",
    " on {node}": " auf {node}",
    "no description": "keine Beschreibung",
    "There is no agent {name}. Did you mean {near}?": "Einen Agenten {name} gibt es nicht. Meintest du {near}?",
    "There is no agent {name}. /agents lists them.": "Einen Agenten {name} gibt es nicht. /agents zeigt alle.",
    "{name} was not heard yet. Please try again in a few seconds.":
        "{name} war noch nicht zu hören. Bitte versuche es in ein paar Sekunden noch einmal.",
    "{name} is part of Wactorz and cannot be deleted.": "{name} gehört zu Wactorz und kann nicht gelöscht werden.",
    "{name} is essential and cannot be made to {verb}.": "{name} ist unentbehrlich und darf nicht {verb}.",
    "{name} is {state}, so there is nothing to {verb}.": "{name}: {state}; {verb} geht darum nicht.",
    "{name} is told to {verb}.": "{name} soll jetzt {verb}.",
    "Type /start NAME.": "Tippe /start NAME.",
    "Type /delete NAME; for a rule /rules delete ID.": "Tippe /delete NAME; für eine Regel /rules delete ID.",
    "Type /migrate AGENT NODE; local is the main machine, /nodes lists the others.":
        "Tippe /migrate AGENT RECHNER; local ist der Hauptrechner, /nodes zeigt die anderen.",
    "A move cannot be forced: an agent takes along what it keeps, so both machines must be there.":
        "Ein Umzug lässt sich nicht erzwingen: Ein Agent nimmt mit, was er behält, darum müssen beide Rechner da sein.",
    "Everything is stopped, so no agent is started. /go lets it act again.":
        "Alles ist gestoppt, darum wird kein Agent gestartet. /go lässt alles wieder handeln.",
    "install {names}": "{names} einrichten",
    "publish on {names}": "auf {names} senden",
    "listen to {names}": "{names} hören",
    "call {names}": "{names} aufrufen",
    "give tasks to {names}": "{names} Aufträge geben",
    "ask the language model, which may cost money": "das Sprachmodell fragen, was Geld kosten kann",
    "it wants to {what}": "er möchte {what}",
    "whoever asked for it may not start agents": "wer ihn wollte, darf keine Agenten starten",
    "{name} needs an admin's approval, because {why}. Nothing was started. {told}.\n"
    "As an admin answer yes or no here, or have one type /approve {id} or /deny {id}.":
        "{name} braucht die Erlaubnis eines Admins, denn {why}. Es wurde nichts gestartet. {told}.\n"
        "Als Admin antworte hier mit ja oder nein, oder lass einen /approve {id} oder /deny {id} tippen.",
    "({agent} is no spawned agent, so it was not asked.)":
        "({agent} ist kein erzeugter Agent und wurde darum nicht gefragt.)",
    "No agent was started, because {problem}.": "Es wurde kein Agent gestartet: {problem}.",
    "(To delete an agent, type /delete {name}; nothing was deleted.)":
        "(Um einen Agenten zu löschen, tippe /delete {name}; es wurde nichts gelöscht.)",
    "(Nobody was asked: {problem}.)": "(Es wurde niemand gefragt: {problem}.)",
    "Nothing was done: main answers only plain questions about the home to a spawned agent, for example: is the "
    "kitchen light on? What moves devices or makes agents has to come from a person.":
        "Es wurde nichts getan: main beantwortet einem erzeugten Agenten nur einfache Fragen zum Haus, zum Beispiel: "
        "ist das Licht in der Küche an? Was Geräte bewegt oder Agenten macht, muss von einem Menschen kommen.",
}  # fmt: skip

_MACHINES = {
    "Type /nodes, or /nodes remove, restart or shutdown with the name of a machine.":
        "Tippe /nodes, oder /nodes remove, restart oder shutdown mit dem Namen eines Rechners.",
    "That is the main machine, where everything runs: it is not stopped from here. /stop all stops what acts; "
    "`wactorz down` or `docker compose down` ends it.":
        "Das ist der Hauptrechner, auf dem alles läuft: Er wird von hier nicht gestoppt. /stop all hält an, was "
        "handelt; `wactorz down` oder `docker compose down` beendet ihn.",
    "{node} is told to end its agents and itself. What started it (Docker, systemd) starts it again; /nodes shows it "
    "when it is back, and its agents come back with it.":
        "{node} soll seine Agenten und sich selbst beenden. Was ihn gestartet hat (Docker, systemd), startet ihn "
        "wieder; /nodes zeigt ihn, sobald er mit seinen Agenten zurück ist.",
    "{node} is told to end its agents and itself. Where Docker or systemd start it again by themselves it comes back: "
    "stop it there for good. Its agents stay known; /nodes remove {node} forgets them.":
        "{node} soll seine Agenten und sich selbst beenden. Wo Docker oder systemd ihn von selbst starten, kommt er "
        "wieder: Stoppe ihn dort endgültig. Seine Agenten bleiben bekannt; /nodes remove {node} vergisst sie.",
    "{node} was not removed: no confirmation came for {agents}. Please say it again in a moment.":
        "{node} wurde nicht entfernt: Für {agents} kam keine Bestätigung. Bitte sag es gleich noch einmal.",
    "{node} is removed, with the agents that were to run there.":
        "{node} ist entfernt, mit den Agenten, die dort laufen sollten.",
    "There is no machine {name}. /nodes lists those that were heard.":
        "Einen Rechner {name} gibt es nicht. /nodes zeigt die, die zu hören waren.",
    "{name} is offline, so it cannot be told to {verb}. Nothing was done.":
        "{name} ist offline und kann darum nicht aufgefordert werden ({verb}). Es wurde nichts getan.",
    "no agents": "keine Agenten",
    "No node was heard yet.": "Es war noch kein Rechner zu hören.",
    "Installing on {node} from here is not available. Start a runner there: the image wactorz-node, or "
    "`python -m wactorz_edge.guest_node`, with the address and account of the broker. It appears in /nodes in "
    "about 15 s; then /migrate AGENT NODE moves agents to it.":
        "Von hier lässt sich auf {node} nichts einrichten. Starte dort einen Runner: das Image wactorz-node oder "
        "`python -m wactorz_edge.guest_node`, mit Adresse und Konto des Brokers. Nach etwa 15 s steht er in /nodes; "
        "dann bringt /migrate AGENT RECHNER Agenten dorthin.",
}  # fmt: skip

_APPROVALS = {
    "- {id}: {summary} (asked by {asker}, {left} left, needs a PIN)":
        "- {id}: {summary} (gefragt von {asker}, noch {left}, braucht eine PIN)",
    "- {id}: {summary} (asked by {asker}, {left} left)": "- {id}: {summary} (gefragt von {asker}, noch {left})",
    "({name} does not answer: what waits there is not shown.)":
        "({name} antwortet nicht: Was dort wartet, wird nicht gezeigt.)",
    "Nothing waits for an approval.": "Nichts wartet auf eine Erlaubnis.",
    "Answer with /approve ID [PIN] or /deny ID.": "Antworte mit /approve ID [PIN] oder /deny ID.",
    "Nothing was decided: an approval counts only where I know who gives it. Use the page of the gateway, "
    "`wactorz approve {id}` (or deny), or POST /api/approvals/{id}.":
        "Es wurde nichts entschieden: Eine Erlaubnis zählt nur, wo ich weiß, wer sie gibt. Nimm die Seite des "
        "Gateways, `wactorz approve {id}` (oder deny) oder POST /api/approvals/{id}.",
}  # fmt: skip

_COMMANDS = {
    "There is no command {word}. Did you mean /{near}?": "Einen Befehl {word} gibt es nicht. Meintest du /{near}?",
    "There is no command {word}. /help lists them all.": "Einen Befehl {word} gibt es nicht. /help zeigt alle.",
    "Say the rule after it, for example: pipeline: when the door opens, turn on the hall light.":
        "Sag die Regel danach, zum Beispiel: pipeline: wenn die Tür aufgeht, schalte das Licht im Flur ein.",
    "Say what it shall do, for example: automation: when the door opens, turn on the hall light.":
        "Sag, was sie tun soll, zum Beispiel: automation: wenn die Tür aufgeht, schalte das Licht im Flur ein.",
    "Say what the house shall do, for example: hardware: tell me when the cellar is wet.":
        "Sag, was das Haus tun soll, zum Beispiel: hardware: sag mir, wenn der Keller nass ist.",
    "Say what is to be planned after it.": "Sag danach, was geplant werden soll.",
    "There is no list of packages that are allowed for good: a spawned agent names the Python packages that it needs "
    "(install), and each time that waits for your yes. /approvals shows what waits.":
        "Es gibt keine Liste von Paketen, die für immer erlaubt sind: Ein erzeugter Agent nennt die Python-Pakete, die "
        "er braucht (install), und jedes Mal wartet das auf dein Ja. /approvals zeigt, was wartet.",
    "There is no store for files that agents make: what an agent keeps is its own state, and what it tells is on its "
    "topics. /topics shows those, /agents who is here.":
        "Es gibt keine Ablage für Dateien, die Agenten machen: Was ein Agent behält, ist sein eigener Zustand, und was "
        "er sagt, steht auf seinen Topics. /topics zeigt diese, /agents, wer da ist.",
    "I am still getting to know the home. Please try again in a few seconds.":
        "Ich lerne das Haus gerade erst kennen. Bitte versuche es in ein paar Sekunden noch einmal.",
    "Nothing was done.": "Es wurde nichts getan.",
    "The stop": "Der Stopp",
    "The release": "Die Freigabe",
    " and ": " und ",
    "{what} is confirmed by {heard}, but {late} did not answer. I keep asking until it does.":
        "{what} ist von {heard} bestätigt, aber {late} hat nicht geantwortet. Ich frage weiter, bis die Antwort kommt.",
    "{what} is not confirmed yet: {late} did not answer. I keep asking until it does.":
        "{what} ist noch nicht bestätigt: {late} hat nicht geantwortet. Ich frage weiter, bis die Antwort kommt.",
    "What a person told is shown to that person only: ask over the page, `wactorz memory` or GET /api/memory.":
        "Was jemand erzählt hat, wird nur dieser Person gezeigt: Frag über die Seite, mit `wactorz memory` oder "
        "GET /api/memory.",
    "Nothing called '{name}' is remembered of you": "Von dir ist nichts gemerkt, das '{name}' heißt",
}  # fmt: skip

_RULES = {
    "To change one: /rules pause ID, resume ID or delete ID; /rules show ID tells more.":
        "Um eine zu ändern: /rules pause ID, resume ID oder delete ID; /rules show ID sagt mehr.",
    "acted": "gehandelt",
    "held back by the pause after a firing": "zurückgehalten von der Pause nach dem Auslösen",
    "conditions not met": "Bedingungen nicht erfüllt",
    "held back": "zurückgehalten",
    "missed": "verpasst",
    "%a %d %b %H:%M:%S": "%d.%m. %H:%M:%S",
    "There are no rules yet. Say one: when the kitchen temperature goes above 28 degrees, turn on the fan.":
        "Es gibt noch keine Regeln. Sag eine: wenn die Temperatur in der Küche über 28 Grad steigt, schalte den "
        "Ventilator ein.",
    "{count} rules:": "{count} Regeln:",
    "1 rule:": "1 Regel:",
    "It opens: {opens}, which a person allowed once for all.": "Sie öffnet: {opens}; das ist ein für alle Mal erlaubt.",
    "It opens: {opens}, and asks each time.": "Sie öffnet: {opens}, und fragt jedes Mal.",
    "Said: {task}": "Gesagt: {task}",
    "Last firings:": "Zuletzt ausgelöst:",
    "It has not fired yet.": "Sie hat noch nicht ausgelöst.",
    "acted {count} times": "{count}-mal gehandelt",
    "acted {count} time": "{count}-mal gehandelt",
    ", {count} held back": ", {count} zurückgehalten",
    " Last: {note}.": " Zuletzt: {note}.",
    "Type /rules, or /rules show, approve, pause, resume, grant, revoke or delete with the ID of a rule; "
    "/rules edit ID WHAT changes one, /rules export and /rules import YAML carry them as a file.":
        "Tippe /rules, oder /rules show, approve, pause, resume, grant, revoke oder delete mit der ID einer Regel; "
        "/rules edit ID WAS ändert eine, /rules export und /rules import YAML tragen sie als Datei.",
    "Type /backtest RULE_ID [DAYS], or a rule in words: /backtest when the hall motion sensor detects motion, turn on "
    "the hall light, 14 days.":
        "Tippe /backtest REGEL_ID [TAGE], oder eine Regel in Worten: /backtest wenn der Bewegungsmelder im Flur "
        "Bewegung erkennt, schalte das Licht im Flur ein, 14 Tage.",
    "I can try only a rule that I can read without a model, so nothing was tried. Say trigger and action plainly, for "
    "example: /backtest when the kitchen temperature goes above 28 degrees, turn on the fan, 7 days.":
        "Erproben kann ich nur eine Regel, die ich ohne Modell lesen kann; es wurde nichts erprobt. Sag Auslöser und "
        "Tat einfach, zum Beispiel: /backtest wenn die Temperatur in der Küche über 28 Grad steigt, schalte den "
        "Ventilator ein, 7 Tage.",
    "Type /rules import and the rules as YAML after it, as /rules export shows them.":
        "Tippe /rules import und dahinter die Regeln als YAML, wie /rules export sie zeigt.",
    "Type /rules edit ID and what the rule shall do after it, in words or as YAML as /rules show ID shows it.":
        "Tippe /rules edit ID und dahinter, was die Regel tun soll, in Worten oder als YAML, wie /rules show ID es "
        "zeigt.",
    "Type /automations [WORD], or /automations show, enable, disable or delete NAME, or /automations change NAME: "
    "WHAT.":
        "Tippe /automations [WORT], oder /automations show, enable, disable oder delete NAME, oder "
        "/automations change NAME: WAS.",
    "has no policy of its own": "hat keine eigene Regelung",
    "Policies are changed with `wactorz policy set` or over REST.":
        "Regelungen werden mit `wactorz policy set` oder über REST geändert.",
    "No entity has a policy of its own.": "Kein Gerät hat eine eigene Regelung.",
    "may not be changed": "darf nicht geändert werden",
    "changes happen at once": "Änderungen geschehen sofort",
    "each change waits for a yes": "jede Änderung wartet auf ein Ja",
    "rules and models leave it alone {hours}": "Regeln und Modelle lassen es {hours} in Ruhe",
    "only {persons} may change it": "nur {persons} darf es ändern",
    "a yes needs a PIN": "ein Ja braucht eine PIN",
}  # fmt: skip

_PLANS = {
    "There are no plans. Say one: coordinate: get the weather and search AI news, then combine them.":
        "Es gibt keine Pläne. Sag einen: coordinate: hole das Wetter und suche Neues über KI, dann fasse beides "
        "zusammen.",
    "- {id} ({status}, {done} of {all} steps): {told}": "- {id} ({status}, {done} von {all} Schritten): {told}",
    "To see or decide one: /plans show ID, approve ID, reject ID or cancel ID; /plans clear.":
        "Um einen zu sehen oder zu entscheiden: /plans show ID, approve ID, reject ID oder cancel ID; /plans clear.",
    ", steps of a like wish": ", Schritte eines ähnlichen Wunsches",
    "Answer: {text}": "Antwort: {text}",
    ", after {steps}": ", nach {steps}",
    ", the model answered in its place": ", an seiner Stelle antwortete das Modell",
}  # fmt: skip

_COSTS = {
    "{read} tokens in, {written} tokens out, {cost} in all.":
        "{read} Tokens gelesen, {written} Tokens geschrieben, zusammen {cost}.",
    "No model has been asked for it yet: 0 tokens, $0.00.": "Dafür wurde noch kein Modell gefragt: 0 Tokens, $0.00.",
    " Budget ({period}): {spent} of {limit} used.": " Budget ({period}): {spent} von {limit} verbraucht.",
    "... and {count} more": "... und {count} weitere",
    "Model in use: {model}.": "Benutztes Modell: {model}.",
    "everything else": "alles andere",
    "{count} estimated": "{count} geschätzt",
    "{count} without a known price": "{count} ohne bekannten Preis",
    "- {name}: {count} calls, {read} in, {written} out, {cost}":
        "- {name}: {count} Aufrufe, {read} gelesen, {written} geschrieben, {cost}",
    "- {name}: {count} call, {read} in, {written} out, {cost}":
        "- {name}: {count} Aufruf, {read} gelesen, {written} geschrieben, {cost}",
    "{agent} and what works for it": "{agent} und was dafür arbeitet",
    "Limit for {whose}, {period}: {spent} of {limit} spent, {held} held for calls that are not settled yet.":
        "Grenze für {whose}, {period}: {spent} von {limit} ausgegeben, {held} zurückgelegt für noch offene Aufrufe.",
    "Limit for {whose}, {period}: {spent} of {limit} spent.":
        "Grenze für {whose}, {period}: {spent} von {limit} ausgegeben.",
}  # fmt: skip

_TRAFFIC = {
    "No topic has to do with '{word}'.": "Kein Topic hat mit '{word}' zu tun.",
    "No topic was heard of yet.": "Es war noch kein Topic zu hören.",
    "{shown} of {total} topics:": "{shown} von {total} Topics:",
    "{total} topics:": "{total} Topics:",
    "nobody known": "niemand bekannt",
    "No agent has said what it publishes or listens to.": "Kein Agent hat gesagt, was er sendet oder hört.",
    "These would fit together:": "Diese würden zusammenpassen:",
    "- {topic}: {rate} a minute, {count} in all, retained": "- {topic}: {rate} je Minute, zusammen {count}, bleibend",
    "- {topic}: {rate} a minute, {count} in all": "- {topic}: {rate} je Minute, zusammen {count}",
    "{total} topics, {rate} messages/s.": "{total} Topics, {rate} Nachrichten/s.",
    "no id yet": "noch ohne Kennung",
    "; protected": "; geschützt",
    " from {names}": " von {names}",
    "    and {count} more": "    und {count} weitere",
    "- {topic}{who}: {count} messages": "- {topic}{who}: {count} Nachrichten",
    "whole message": "ganze Nachricht",
    "declared": "angegeben",
    "Notices go to the page only. Store a place with /webhook discord URL (slack, telegram, or any address of "
    "Apprise), or paste the URL into a sentence.":
        "Nachrichten gehen nur an die Seite. Speichere einen Ort mit /webhook discord URL (slack, telegram oder eine "
        "Adresse von Apprise), oder setze die URL in einen Satz.",
    ", the usual one": ", der übliche",
    "Notices can go to:": "Nachrichten können gehen an:",
    "Try one with /webhook test NAME; /webhook remove NAME forgets it.":
        "/webhook test NAME probiert einen aus; /webhook remove NAME vergisst ihn.",
}  # fmt: skip

GERMAN = {
    **_WORDS, **_AGENTS, **_MACHINES, **_APPROVALS, **_COMMANDS, **_RULES, **_PLANS, **_COSTS, **_TRAFFIC,
}  # fmt: skip

phrase = Phrases(GERMAN)
