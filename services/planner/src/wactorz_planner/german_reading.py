"""The planner's German for what it reads and plans: drafts that do not fit, files of rules, and plans."""

_FIT = {
    "The rule does not say what to do.": "Die Regel sagt nicht, was zu tun ist.",
    "The trigger does not say which state it waits for.": "Der Auslöser sagt nicht, auf welchen Zustand er wartet.",
    "The trigger needs a threshold: above, below, or both.":
        "Der Auslöser braucht eine Schwelle: darüber, darunter oder beides.",
    "Nothing is above {above} and below {below} at once.":
        "Nichts ist zugleich über {above} und unter {below}.",
    "{attribute} of {name}": "{attribute} von {name}",
    "{what} ({entity_id}) is not a number, so it cannot cross a threshold.":
        "{what} ({entity_id}) ist keine Zahl und kann darum keine Schwelle überschreiten.",
    "{name} cannot cross {plain} {unit}.": "{name} kann {plain} {unit} nicht überschreiten.",
    "The home's time zone, {time_zone}, is not known here: set it in Home Assistant's settings.":
        "Die Zeitzone des Hauses, {time_zone}, ist hier nicht bekannt: Stelle sie in Home Assistant ein.",
    "Home Assistant does not tell where the home is, so its sunrise and sunset are not known: set it there.":
        "Home Assistant sagt nicht, wo das Haus steht, darum sind Sonnenaufgang und -untergang nicht bekannt: "
        "Stelle es dort ein.",
    "There is never a sunrise where the home is.": "Wo das Haus steht, gibt es keinen Sonnenaufgang.",
    "There is never a sunset where the home is.": "Wo das Haus steht, gibt es keinen Sonnenuntergang.",
    "; {domain} offers {known}": "; {domain} bietet {known}",
    "There is no service {domain}.{service}{offered}.": "Den Dienst {domain}.{service} gibt es nicht{offered}.",
    "A rule must not toggle: say whether it turns on or off.":
        "Eine Regel darf nicht umschalten: Sag, ob sie ein- oder ausschaltet.",
    "{domain}.{service} does not work on {entity_id}.": "{domain}.{service} wirkt nicht auf {entity_id}.",
    "The trigger does not say what the message is compared with.":
        "Der Auslöser sagt nicht, womit die Nachricht verglichen wird.",
    "{value} is not a number, so nothing can lie above or below it.":
        "{value} ist keine Zahl, darum kann nichts darüber oder darunter liegen.",
    "The {function} of the values needs a comparison, for example above 28.":
        "Die Funktion {function} braucht einen Vergleich, zum Beispiel über 28.",
    "A trigger that fires on every message cannot last for a time.":
        "Ein Auslöser, der auf jede Nachricht anspricht, kann nicht eine Zeit lang andauern.",
    "There is no {entity_id} in the home{near}.": "{entity_id} gibt es im Haus nicht{near}.",
    "; nearest: {names}": "; am nächsten kommt: {names}",
    "A condition looks at an entity or at a topic: name one of them.":
        "Eine Bedingung sieht auf ein Gerät oder ein Topic: Nenne eines davon.",
    "A condition looks at one topic, so {topic} must not hold + or #.":
        "Eine Bedingung sieht auf ein Topic, darum darf {topic} weder + noch # enthalten.",
    "'{topic}' is no topic.": "„{topic}“ ist kein Topic.",
    "Rules cannot listen to {topic}; they hear {RULE_TOPICS}.":
        "Regeln können {topic} nicht hören; sie hören {RULE_TOPICS}.",
    "{name} takes no tasks of rules.": "{name} nimmt keine Aufträge von Regeln an.",
    "What a message says is not passed on to {name}, which acts on words: leave the $ out of that task.":
        "Was eine Nachricht sagt, wird nicht an {name} weitergegeben, das auf Worte hin handelt: Lass das $ in diesem "
        "Auftrag weg.",
    "There is no agent {name}{near}. /agents shows who is here.":
        "Den Agenten {name} gibt es nicht{near}. /agents zeigt, wer da ist.",
}  # fmt: skip

_FILES = {
    "1 rule.": "1 Regel.",
    "{count} rules.": "{count} Regeln.",
    "{said} {problems} more do not fit into one file.": "{said} {problems} weitere passen nicht in eine Datei.",
    "{rule_id} is left out: the file would be too large": "{rule_id} fehlt: Die Datei würde zu groß",
    "line {line} ({sentence}): {problems}": "Zeile {line} ({sentence}): {problems}",
    "line {line} ({sentence}): there are {most} rules already":
        "Zeile {line} ({sentence}): Es gibt schon {most} Regeln",
    "That cannot be read as a rule: {document}": "Das lässt sich nicht als Regel lesen: {document}",
    "Give one rule, in one document.": "Gib eine einzige Regel an, in einem Dokument.",
    "Rules: {said}.{waits}{problems}": "Regeln: {said}.{waits}{problems}",
    " {proposed} wait for a yes: /rules lists them.": " {proposed} warten auf ein Ja: /rules zeigt sie.",
    "{count} made": "{count} angelegt", "{count} changed": "{count} geändert",
    "{count} there already": "{count} schon da", "{count} not taken": "{count} nicht übernommen",
    "no rule in that file": "keine Regel in dieser Datei",
    "A file holds at most {MOST_RULES} rules.": "Eine Datei fasst höchstens {MOST_RULES} Regeln.",
    "The file has {text} characters; at most {LONGEST} are read.":
        "Die Datei hat {text} Zeichen; gelesen werden höchstens {LONGEST}.",
    "The file is nested deeper than {DEEPEST} levels.": "Die Datei ist tiefer als {DEEPEST} Ebenen verschachtelt.",
    "The file is no YAML: {splitlines}": "Die Datei ist kein YAML: {splitlines}",
    "line {line}: {problem}": "Zeile {line}: {problem}",
    "this is no YAML": "das ist kein YAML",
    "line {line}: write it out; references (& and *) are not taken":
        "Zeile {line}: Schreib es aus; Verweise (& und *) werden nicht angenommen",
    "line {line}: nested deeper than {DEEPEST} levels": "Zeile {line}: tiefer als {DEEPEST} Ebenen verschachtelt",
    "line {line}: a key must be a word": "Zeile {line}: Ein Schlüssel muss ein Wort sein",
    "line {line}: '{value}' is said twice": "Zeile {line}: „{value}“ steht zweimal da",
    "line {line}: {text} is no number": "Zeile {line}: {text} ist keine Zahl",
    "line {line}: tags such as !{kind} are not taken": "Zeile {line}: Tags wie !{kind} werden nicht angenommen",
    "line {line}: a rule needs `when` and `do`": "Zeile {line}: Eine Regel braucht `when` und `do`",
    "line {line}: a call is a domain and a service, for example light.turn_on":
        "Zeile {line}: Ein Aufruf besteht aus Domäne und Dienst, zum Beispiel light.turn_on",
    "line {line}: name one of {KEYS}": "Zeile {line}: Nenne eines von {KEYS}",
    "line {line}: write a time as 90 s, 5 min or 2 h": "Zeile {line}: Schreib eine Zeit wie 90 s, 5 min oder 2 h",
    "line {line}: {what} is written as key: value, one of {kinds}":
        "Zeile {line}: {what} schreibt man als Schlüssel: Wert, mit einem von {kinds}",
    "line {line}: {what} needs one of {kinds}": "Zeile {line}: {what} braucht eines von {kinds}",
    "a trigger": "ein Auslöser", "a window": "ein Fenster", "something to do": "etwas zu tun",
    "line {line}: keys and values are expected here: {known}":
        "Zeile {line}: Hier werden Schlüssel und Werte erwartet: {known}",
    "line {line_of}: '{key}' is not known here; there are {known}":
        "Zeile {line_of}: „{key}“ ist hier nicht bekannt; es gibt {known}",
    "line {line}: a list is expected here, each entry with a dash":
        "Zeile {line}: Hier wird eine Liste erwartet, jeder Eintrag mit einem Strich",
    "line {line}: {first_problem}": "Zeile {line}: {first_problem}",
}  # fmt: skip

_PLANS = {
    "Plan of 1 step{again}:": "Plan mit einem Schritt{again}:",
    "Plan of {count} steps{again}:": "Plan mit {count} Schritten{again}:",
    " (the same as lately)": " (derselbe wie neulich)",
    "Step {step} ({agent}) begins.": "Schritt {step} ({agent}) beginnt.",
    "Step {step} ({agent}) {ends}{by} after {seconds} s{why}":
        "Schritt {step} ({agent}): {ends}{by} nach {seconds} s{why}",
    ", by the model in its place": ", vom Modell an seiner Stelle",
    "Stopped.": "Gestoppt.",
    "Done before: {named}.": "Vorher erledigt: {named}.",
    "Under way, and given up: {named}.": "Unterwegs und aufgegeben: {named}.",
    "Nothing was done.": "Es wurde nichts getan.",
    "Answer yes or no here, or type ": "Antworte hier ja oder nein, oder tippe ",
    "/approve {one} or /deny {one}": "/approve {one} oder /deny {one}",
    "Type /plans approve {plan_id} or /plans reject {plan_id}":
        "Tippe /plans approve {plan_id} oder /plans reject {plan_id}",
    "Plan {plan_id} waits for your yes, because {asked}:\n{outline}\n{how}.":
        "Plan {plan_id} wartet auf dein Ja, denn {asked}:\n{outline}\n{how}.",
    "it would start new agents: ": "er würde neue Agenten starten: ",
    "an admin has to allow these agents: {approvals}": "diese Agenten muss ein Admin erlauben: {approvals}",
    "Plan {id} waits for your yes.": "Plan {id} wartet auf dein Ja.",
    "Plan {plan_id} goes on ({done} of {steps} steps done). I will say here what comes of it; /plans show {plan_id} "
    "tells how far it is, /plans cancel {plan_id} stops it.":
        "Plan {plan_id} läuft weiter ({done} von {steps} Schritten erledigt). Was daraus wird, sage ich hier; "
        "/plans show {plan_id} zeigt, wie weit er ist, /plans cancel {plan_id} stoppt ihn.",
    "Plan {plan_id}, {status}: {line}": "Plan {plan_id}, {status}: {line}",
    " (after {depends_on})": " (nach {depends_on})",
    "Plan {id} {status}.": "Plan {id}: {status}.",
    "No step brought a result.": "Kein Schritt brachte ein Ergebnis.",
    "The model could not put the results together: {error}":
        "Das Modell konnte die Ergebnisse nicht zusammenfassen: {error}",
    "The model gave no answer.": "Das Modell gab keine Antwort.",
    "I could not make a plan of that: {problem}.": "Daraus konnte ich keinen Plan machen: {problem}.",
    "Plan {id} is {status} already.": "Plan {id} ist schon zu Ende ({status}).",
    "Plan {id} is {status}, so there is nothing to drop.": "Plan {id} ({status}): Da gibt es nichts zu verwerfen.",
    "Plan {id} waits for more than this: type {ids}.": "Plan {id} wartet auf mehr als das: Tippe {ids}.",
    "It was rejected. Nothing was done.": "Er wurde verworfen. Es wurde nichts getan.",
    "Plan {id} is dropped. Nothing was done.": "Plan {id} ist verworfen. Es wurde nichts getan.",
    "There is no plan {plan_id}. /plans lists them.": "Den Plan {plan_id} gibt es nicht. /plans zeigt alle.",
    "denied": "abgelehnt",
    "not allowed in time": "nicht rechtzeitig erlaubt",
    "{names} was {why}: plan {id} was not carried out.": "{names} wurde {why}: Plan {id} wurde nicht ausgeführt.",
    "Nobody said yes to plan {id} in time, so nothing was done.":
        "Zu Plan {id} sagte niemand rechtzeitig ja, darum wurde nichts getan.",
    "{runs} plans run already: wait for one, or stop one with /plans cancel ID.":
        "Es laufen schon {runs} Pläne: Warte auf einen, oder stoppe einen mit /plans cancel ID.",
    "Another wish took its place. Nothing was done.": "Ein anderer Wunsch trat an seine Stelle. Es wurde nichts getan.",
    "Plan {id} could not go on: {error}": "Plan {id} konnte nicht weitergehen: {error}",
    "The plan was stopped before.": "Der Plan wurde vorher gestoppt.",
    "It was given up; what was begun may have had effects.":
        "Er wurde aufgegeben; was begonnen war, kann gewirkt haben.",
    "Nothing was planned, because its progress could not be told: {error}":
        "Es wurde nichts geplant, weil sich der Fortgang nicht melden ließe: {error}",
    "Everything is stopped, so no plan is carried out. /go lets it act again.":
        "Alles ist angehalten, darum wird kein Plan ausgeführt. Mit /go geht es weiter.",
    "Only a person has plans made and rules changed: a spawned agent can have none carried out, approved or ended.":
        "Nur ein Mensch lässt Pläne machen und Regeln ändern: Ein gestarteter Agent kann keine ausführen, freigeben "
        "oder beenden lassen.",
    "It became rule {rule_id}.": "Daraus wurde die Regel {rule_id}.",
    "It waits for {named}, which this plan does not have.": "Er wartet auf {named}, doch das hat dieser Plan nicht.",
    "It waits for itself: {circle}.": "Er wartet auf sich selbst: {circle}.",
    "{named} brought no result.": "{named}: kein Ergebnis.",
    "step {numbers}": "Schritt {numbers}",
    "steps {numbers}": "Schritte {numbers}",
    "{agent} did not answer within {seconds} s.": "{agent} antwortete nicht binnen {seconds} s.",
    "{agent} could not be asked: {error}": "{agent} konnte nicht gefragt werden: {error}",
    "{agent} could not do it: {said}": "{agent} konnte es nicht tun: {said}",
    "No language model is configured": "Es ist kein Sprachmodell eingerichtet",
    "{problem} The model could not answer in its place: {error}":
        "{problem} Auch das Modell konnte nicht an seiner Stelle antworten: {error}",
    "{problem} The model gave no answer.": "{problem} Das Modell gab keine Antwort.",
    "The home is not known yet.": "Das Haus ist noch nicht bekannt.",
    "Nothing was moved, because {problem}.": "Es wurde nichts bewegt: {problem}.",
    "'calls' must be a list of service calls": "„calls“ muss eine Liste von Dienstaufrufen sein",
    "call {number}: {first_problem}": "Aufruf {number}: {first_problem}",
    "{domain}.{service} may end either way": "{domain}.{service} kann so oder so enden",
    "'steps' must be a list with at least one step": "„steps“ muss eine Liste mit mindestens einem Schritt sein",
    "there are {given} steps: use at most {MOST_STEPS}": "es sind {given} Schritte: höchstens {MOST_STEPS}",
    "step {place} is no object": "Schritt {place} ist kein Objekt",
    "step {place}: {first_problem}": "Schritt {place}: {first_problem}",
    "step {place} needs an agent and a task": "Schritt {place} braucht einen Agenten und einen Auftrag",
    "there are two steps with the number {step}": "zwei Schritte haben die Nummer {step}",
    "nobody has said what it would be": "niemand hat gesagt, was er wäre",
    "There is no agent {name}, and it could not be spawned: {problem}.":
        "Den Agenten {name} gibt es nicht, und er ließ sich nicht starten: {problem}.",
    "{name} was allowed, but does not run.": "{name} wurde erlaubt, läuft aber nicht.",
    "{agent} runs already.": "{agent} läuft schon.",
    "{name} could not be spawned: {problem}": "{name} ließ sich nicht starten: {problem}",
    "{name} could not be removed: {error}": "{name} ließ sich nicht entfernen: {error}",
    "not a valid SpawnSpec: ": "keine gültige SpawnSpec: ",
    "type '{kind}' is not possible here: use 'dynamic' with code or 'llm' with a system_prompt":
        "die Art „{kind}“ geht hier nicht: nimm „dynamic“ mit Code oder „llm“ mit einem system_prompt",
    "give Python source as 'code', or a 'system_prompt'":
        "gib Python-Quelltext als „code“ an, oder einen „system_prompt“",
    "There is no agent {name}: choose one that is listed, or give its spawn_config.":
        "Den Agenten {name} gibt es nicht: Wähle einen aus der Liste, oder gib seine spawn_config an.",
    "The spawn_config of {name} cannot be used: {problem}.":
        "Die spawn_config von {name} ist nicht brauchbar: {problem}.",
    "'code' is no valid Python: {error}": "„code“ ist kein gültiges Python: {error}",
}  # fmt: skip

GERMAN = {**_FIT, **_FILES, **_PLANS}
