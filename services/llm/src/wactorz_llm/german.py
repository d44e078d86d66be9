"""What the llm service says, in German: each English sentence with its twin."""

from wactorz_common.language import Phrases

GERMAN = {
    "daily budget": "Tagesbudget",
    "weekly budget": "Wochenbudget",
    "monthly budget": "Monatsbudget",
    " of {agent}": " von {agent}",
    " of {agent} and all that works for it": " von {agent} und allem, was dafür arbeitet",
    "{amount} spent": "{amount} ausgegeben",
    "{amount} held for calls that are not settled yet": "{amount} zurückgelegt für noch offene Aufrufe",
    "this call may cost up to {amount}": "dieser Aufruf kann bis zu {amount} kosten",
    "The {name} of {limit} is used up ({parts}).": "{name}: {limit} sind aufgebraucht ({parts}).",
    "Wait for the next period, or set a higher limit (`/cost limit USD`, or LLM_COST_LIMIT_USD).":
        "Warte auf den nächsten Zeitraum, oder setze eine höhere Grenze (`/cost limit USD` oder LLM_COST_LIMIT_USD).",
    "No price is known for the model '{model}', so the budget cannot be kept. Give its price in WACTORZ_LLM_PRICES, "
    "choose another LLM_MODEL, or take the budget away.":
        "Für das Modell '{model}' ist kein Preis bekannt, darum lässt sich das Budget nicht einhalten. Nenne den Preis "
        "in WACTORZ_LLM_PRICES, wähle ein anderes LLM_MODEL, oder nimm das Budget weg.",
    "The model gave no complete answer within {seconds} s. Try again.":
        "Das Modell gab in {seconds} s keine ganze Antwort. Versuche es noch einmal.",
    "The model is busy: {running} calls run and {waiting} wait. Try again.":
        "Das Modell ist beschäftigt: {running} Aufrufe laufen, {waiting} warten. Versuche es noch einmal.",
    "Too many files are being looked at at the moment. Try again.":
        "Im Augenblick werden zu viele Dateien angesehen. Versuche es noch einmal.",
    "{name} answered instead.": "Statt dessen antwortete {name}.",
    "{name} answered instead of {usual}.": "Statt {usual} antwortete {name}.",
    "No language model is configured.": "Es ist kein Sprachmodell eingerichtet.",
    "So no model was asked.": "Darum wurde kein Modell gefragt.",
    "{name} gave no sign within {seconds} s.": "{name} gab in {seconds} s kein Zeichen.",
    "The model provider '{name}' failed several times in a row, so calls pause. Try again in {seconds} s.":
        "Der Modellanbieter '{name}' versagte mehrmals nacheinander, darum pausieren die Aufrufe. Versuche es in "
        "{seconds} s noch einmal.",
    "The model provider '{name}' keeps failing; calls pause. Last: {sentence}":
        "Der Modellanbieter '{name}' versagt immer wieder; die Aufrufe pausieren. Zuletzt: {sentence}",
    "The tool '{name}' must be called but is not among the tools of the request.":
        "Das Werkzeug '{name}' muss benutzt werden, gehört aber nicht zu denen der Anfrage.",
    "Before that: {missed}": "Davor: {missed}",
    "Node {node} has asked the model {count} times within a minute: try again later":
        "Der Rechner {node} hat das Modell {count}-mal in einer Minute gefragt: Versuche es später noch einmal",
    "Node {node} waits for {count} answers of the model already: try again when one has come":
        "Der Rechner {node} wartet schon auf {count} Antworten des Modells: Versuche es noch einmal, wenn eine da ist",
    "{model} could not be asked, because {name} is not configured.":
        "{model} konnte nicht gefragt werden, denn {name} ist nicht eingerichtet.",
    "A budget for all names no agent; one for an agent or its tree names one.":
        "Ein Budget für alle nennt keinen Agenten; eines für einen Agenten oder seinen Baum nennt einen.",
    "Only people set budgets: by /cost in a conversation, or over the gateway.":
        "Budgets setzen nur Menschen: mit /cost in einem Gespräch oder über das Gateway.",
    "No language model is configured ({reason}).": "Es ist kein Sprachmodell eingerichtet ({reason}).",
    "No language model is configured, so I cannot answer that.":
        "Es ist kein Sprachmodell eingerichtet, darum kann ich das nicht beantworten.",
    "Devices ('turn on the kitchen light'), rules ('when the kitchen temperature goes above 28 degrees, turn on the "
    "air conditioner') and questions about the home ('is the front door locked?') work without one.":
        "Geräte ('schalte das Licht in der Küche ein'), Regeln ('wenn die Temperatur in der Küche über 28 Grad steigt, "
        "schalte die Klimaanlage ein') und Fragen zum Haus ('ist die Haustür abgeschlossen?') gehen ohne eines.",
    "To add one, set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or NIM_API_KEY (or the same with _FILE), or "
    "OLLAMA_URL for a model on your own machine, and start Wactorz again.":
        "Um eines einzurichten, setze ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY oder NIM_API_KEY (oder "
        "dasselbe mit _FILE), oder OLLAMA_URL für ein Modell auf deinem eigenen Rechner, und starte Wactorz neu.",
    "LLM_PROVIDER is offline": "LLM_PROVIDER ist offline",
    "LLM_PROVIDER is {name}, but {setting} is not set": "LLM_PROVIDER ist {name}, aber {setting} ist nicht gesetzt",
    "the provider would be {name}, but {setting} is not set": "der Anbieter wäre {name}, aber {setting} ist nicht "
    "gesetzt",
    "no reason given": "ohne Angabe eines Grundes",
    "The account at {name} is used up: {reason}": "Das Konto bei {name} ist aufgebraucht: {reason}",
    "{name} refused the request{status}: {reason}": "{name} lehnte die Anfrage ab{status}: {reason}",
    "{name} does not know the model '{model}'. Set LLM_MODEL to one that it offers.":
        "{name} kennt das Modell '{model}' nicht. Setze LLM_MODEL auf eines, das es dort gibt.",
    "The rate limit of {name} is reached. Try again in a moment.":
        "Die Aufrufgrenze von {name} ist erreicht. Versuche es gleich noch einmal.",
    "{name} is overloaded at the moment. Try again in a moment.":
        "{name} ist gerade überlastet. Versuche es gleich noch einmal.",
    "{name} had an internal error{status}. Try again in a moment.":
        "{name} hatte einen inneren Fehler{status}. Versuche es gleich noch einmal.",
    "{name} did not answer in time. Try again.": "{name} antwortete nicht rechtzeitig. Versuche es noch einmal.",
    "The connection to {name} failed. Check the network{url} and try again.":
        "Die Verbindung zu {name} scheiterte. Prüfe das Netz{url}. Versuche es noch einmal.",
    "{name} sent something that is not an answer. Try again.":
        "{name} schickte etwas, das keine Antwort ist. Versuche es noch einmal.",
    "{name} sent an empty answer. Try again.": "{name} schickte eine leere Antwort. Versuche es noch einmal.",
    "The model's answer was too long and was cut; ask for less at once.":
        "Die Antwort des Modells war zu lang und wurde abgeschnitten; verlange weniger auf einmal.",
    "The call to {name} failed unexpectedly ({reason}); the llm service's log has more.":
        "Der Aufruf von {name} scheiterte unerwartet ({reason}); im Log des Dienstes llm steht mehr.",
    " Check what the key in {key} may do.": " Prüfe, was der Schlüssel in {key} darf.",
    "{name} refused access (403): {reason}.": "{name} verweigerte den Zugang (403): {reason}.",
    "{name} refused the key in {key}. Set a valid one and restart the llm service.":
        "{name} lehnte den Schlüssel in {key} ab. Setze einen gültigen und starte den Dienst llm neu.",
    "{name} refused to answer without a key. Give it one and restart the llm service.":
        "{name} antwortet nicht ohne Schlüssel. Gib ihm einen und starte den Dienst llm neu.",
    " (and {setting})": " (und {setting})",
    "The question is empty, so there is nothing to ask the model.":
        "Die Frage ist leer, es gibt nichts, was das Modell zu fragen wäre.",
    "The answer of {name} broke off before its end. Try again.":
        "Die Antwort von {name} brach vor ihrem Ende ab. Versuche es noch einmal.",
    "{name} declined to answer this. Ask it differently.": "{name} wollte darauf nicht antworten. Frag es anders.",
    "{name} at {host}": "{name} unter {host}",
}  # fmt: skip

phrase = Phrases(GERMAN)
