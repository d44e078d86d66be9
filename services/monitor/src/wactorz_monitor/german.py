"""What the monitor says, in German: each English sentence with its twin."""

from wactorz_common.language import Phrases

_FLEET = {
    "No spawned agent is called '{name}': list them with `/agents`":
        "So heißt kein erzeugter Agent: '{name}'; `/agents` zeigt alle",
    "{name} is just moving to {moving}: try again when it has arrived":
        "{name} zieht gerade nach {moving} um: Versuche es noch einmal, wenn er dort ist",
    "Node {node} refused {name}: {reason}": "Der Rechner {node} hat {name} abgelehnt: {reason}",
    "{name} runs on {node}.": "{name} läuft auf {node}.",
    "it was stopped meanwhile": "er wurde inzwischen gestoppt",
    "it was deleted meanwhile": "er wurde inzwischen gelöscht",
    "{name} is told to stop; node {node} has not confirmed it yet.":
        "{name} soll stoppen; der Rechner {node} hat es noch nicht bestätigt.",
    "{name} is being started anew on {node}.": "{name} wird auf {node} neu gestartet.",
    "{name} is deleted.{later}": "{name} ist gelöscht.{later}",
    " Node {node} removes its state as soon as it is heard.":
        " Der Rechner {node} entfernt seinen Zustand, sobald er zu hören ist.",
    "{name} is being started again.": "{name} wird wieder gestartet.",
    "{name} is deleted.": "{name} ist gelöscht.",
    "Node {node} is offline: {name} starts with it.": "Der Rechner {node} ist offline: {name} startet mit ihm.",
    "{name} is released from quarantine and being started.": "{name} ist aus der Quarantäne entlassen und wird "
    "gestartet.",
    "Node {node} has not answered yet: {name} is sent again until it does.":
        "Der Rechner {node} hat noch nicht geantwortet: {name} wird wieder geschickt, bis er es tut.",
    "{name} is to be stopped; its node {node} is offline and told when it is back.":
        "{name} soll stoppen; sein Rechner {node} ist offline und erfährt es, wenn er zurück ist.",
    "{name} is stopped and stays so until it is started.": "{name} ist gestoppt und bleibt es, bis er gestartet wird.",
    "{name} is being restarted on {node}.": "{name} wird auf {node} neu gestartet.",
    "Node {node} is offline; start its runner": "Der Rechner {node} ist offline; starte seinen Runner",
    "It died too often in a short time; read its log, then start it":
        "Er ist in kurzer Zeit zu oft gestorben; lies sein Log und starte ihn dann",
    "It is being started": "Er wird gestartet",
    "Running": "Läuft",
    "Stopped": "Gestoppt",
    "Paused": "Pausiert",
    "Failed": "Gescheitert",
    "Quarantined": "In Quarantäne",
    "Silent": "Stumm",
    "All {known} agents are running.": "Alle {known} Agenten laufen.",
    "{running} of {known} agents are running.": "{running} von {known} Agenten laufen.",
    "A quarantined agent keeps dying: read its log with `{log_command} NAME`.":
        "Ein Agent in Quarantäne stirbt immer wieder: Lies sein Log mit `{log_command} NAME`.",
    "Read its log with `{log_command} {name}`, mend the cause, then start it again with {again}":
        "Lies sein Log mit `{log_command} {name}`, behebe die Ursache und starte ihn dann wieder mit {again}",
    "{names} and {count} more": "{names} und {count} weitere",
    "`wactorz down` and `wactorz up`": "`wactorz down` und `wactorz up`",
}  # fmt: skip

_MOVES = {
    "{name} is still moving to {target}; if that is not done in time, it is undone":
        "{name} zieht noch nach {target} um; gelingt es nicht rechtzeitig, wird es rückgängig gemacht",
    "{name} runs on {target} now.{lost}": "{name} läuft jetzt auf {target}.{lost}",
    " What it had kept stays on {source}.": " Was er behalten hatte, bleibt auf {source}.",
    "{no_place}: choose another node": "{no_place}: Wähle einen anderen Rechner",
    "No node called {target} has been heard yet: start its runner first":
        "Ein Rechner {target} war noch nicht zu hören: Starte erst seinen Runner",
    "Node {target} is offline: start its runner first": "Der Rechner {target} ist offline: Starte erst seinen Runner",
    "Node {node}, where {name} runs, is offline: start its runner first":
        "Der Rechner {node}, auf dem {name} läuft, ist offline: Starte erst seinen Runner",
    "{name} does not run now: start it first, so that what it keeps can travel":
        "{name} läuft gerade nicht: Starte ihn erst, damit mitkommt, was er behält",
    "Node {target} has the stand-alone runner, which runs only 'dynamic' agents":
        "Der Rechner {target} hat den eigenständigen Runner, auf dem nur Agenten vom Typ 'dynamic' laufen",
    "{name} stays on {source}: {reason}": "{name} bleibt auf {source}: {reason}",
    "Node {source} does not hand it over: {refused}": "Der Rechner {source} gibt ihn nicht her: {refused}",
    "What it keeps under {keys} is too large to travel: make it smaller first":
        "Was er unter {keys} behält, ist zu groß für den Umzug: Mach es erst kleiner",
    "{name} is just moving to {target}: wait for its end": "{name} zieht gerade nach {target} um: Warte das Ende ab",
    "Node {target} refused it: {refused}": "Der Rechner {target} hat ihn abgelehnt: {refused}",
    "Node {node} could not move it: {reason}": "Der Rechner {node} konnte ihn nicht umziehen: {reason}",
    "it gives no reason": "er nennt keinen Grund",
    "{name} was deleted meanwhile": "{name} wurde inzwischen gelöscht",
    "{name} runs on {target}.": "{name} läuft auf {target}.",
    "Node {target} has not taken it up within {life} s": "Der Rechner {target} hat ihn in {life} s nicht aufgenommen",
}  # fmt: skip

_SPAWNS = {
    "Node {node} has not answered yet: {name} is kept and sent again until it does.":
        "Der Rechner {node} hat noch nicht geantwortet: {name} bleibt vorgemerkt und wird wieder geschickt, bis er es "
        "tut.",
    "Everything is halted, so nothing is spawned: release it with /go first":
        "Alles ist angehalten, darum wird nichts erzeugt: Gib es erst mit /go frei",
    "Only the gateway may pass on what a person decides: it knows who they are":
        "Was ein Mensch entscheidet, darf nur das Gateway weitergeben: Es weiß, wer es ist",
    "Node {node} is offline: {name} is kept and starts with it.":
        "Der Rechner {node} ist offline: {name} bleibt vorgemerkt und startet mit ihm.",
    "{name} runs on {node}.{hint}": "{name} läuft auf {node}.{hint}",
    " With packages it is no longer in the sandbox: it can reach any host, whatever `grants.http` lists.":
        " Mit Paketen ist er nicht mehr in der Sandbox: Er erreicht jeden Host, was immer in `grants.http` steht.",
    "{name} is kept and tried again: {reason}": "{name} bleibt vorgemerkt und wird wieder versucht: {reason}",
    "{name} is kept and tried again: {problem}": "{name} bleibt vorgemerkt und wird wieder versucht: {problem}",
    "{name} was stopped: only a person may start it again":
        "{name} wurde gestoppt: Nur ein Mensch darf ihn wieder starten",
    "Denied: {name} is not spawned.": "Abgelehnt: {name} wird nicht erzeugt.",
    "{name} runs already; send replace: true to run this one instead.":
        "{name} läuft schon; mit replace: true läuft statt dessen dieser.",
    "{name} is kept already, but does not run now: {problem}":
        "{name} ist schon vorgemerkt, läuft aber gerade nicht: {problem}",
    "A model": "Ein Modell",
    "{who} proposes: {what}. An admin has to allow it within {minutes} min (approval {id}); without an answer it is "
    "not done.":
        "{who} schlägt vor: {what}. Ein Admin muss es binnen {minutes} min erlauben (Freigabe {id}); ohne Antwort "
        "geschieht es nicht.",
    "Replace the agent {name} ({kind}) on {node}": "Den Agenten {name} ({kind}) auf {node} ersetzen",
    "Spawn the agent {name} ({kind}) on {node}": "Den Agenten {name} ({kind}) auf {node} erzeugen",
    ", which may {what}": "; er darf {what}",
    " and needs the packages {names}": " und braucht die Pakete {names}",
    ", which needs the packages {names}": "; er braucht die Pakete {names}",
    "publish on {names}": "auf {names} senden",
    "listen to {names}": "{names} hören",
    "call {names}": "{names} aufrufen",
    "give tasks to {names}": "{names} Aufträge geben",
    "ask the language model": "das Sprachmodell fragen",
}  # fmt: skip

_PROBLEMS = {
    "Node {node} only shows the containers of the services and runs no agents":
        "Der Rechner {node} zeigt nur die Container der Dienste und lässt keine Agenten laufen",
    "No node called {node} has been heard yet: start its runner, or choose one of {known}":
        "Ein Rechner {node} war noch nicht zu hören: Starte seinen Runner, oder wähle einen von {known}",
    "'{shown}' cannot be a name: give one without blanks at its ends":
        "'{shown}' kann kein Name sein: Nimm einen ohne Leerzeichen an den Enden",
    "'{shown}' cannot be a name: leave out / + # and control characters":
        "'{shown}' kann kein Name sein: Lass / + # und Steuerzeichen weg",
    "'{shown}' cannot be a name: let it begin with a letter or a digit, as in kitchen-watch":
        "'{shown}' kann kein Name sein: Lass ihn mit einem Buchstaben oder einer Ziffer beginnen, wie kitchen-watch",
    "The name is {count} bytes long: give one of at most {most}":
        "Der Name ist {count} Bytes lang: Nimm einen mit höchstens {most}",
    "'{shown}' is the name of a service of this system: give the agent another name":
        "'{shown}' heißt ein Dienst dieses Systems: Gib dem Agenten einen anderen Namen",
    "Node {node} has the stand-alone runner, which runs only 'dynamic' agents: choose another node":
        "Der Rechner {node} hat den eigenständigen Runner, auf dem nur Agenten vom Typ 'dynamic' laufen: Wähle einen "
        "anderen Rechner",
    "{no_place}: choose one of {known}": "{no_place}: Wähle einen von {known}",
    "This installation has no executor for agents of type '{kind}' yet: use 'dynamic' or 'llm'":
        "Diese Einrichtung kann Agenten vom Typ '{kind}' noch nicht laufen lassen: Nimm 'dynamic' oder 'llm'",
    "{kind} is no type of agent: use 'dynamic' for Python code, 'llm' for a system prompt, or 'ha_actuator' for "
    "devices that follow messages":
        "{kind} ist kein Typ von Agenten: Nimm 'dynamic' für Python-Code, 'llm' für einen Prompt oder 'ha_actuator' "
        "für Geräte, die Nachrichten folgen",
    "An agent of type 'llm' needs a system_prompt that says who it is":
        "Ein Agent vom Typ 'llm' braucht einen system_prompt, der sagt, wer er ist",
    "An agent of type 'llm' runs no code: leave `code` out, or make its type 'dynamic'":
        "Ein Agent vom Typ 'llm' hat keinen Code: Lass `code` weg, oder nimm den Typ 'dynamic'",
    "An agent of type 'dynamic' needs Python source in `code`":
        "Ein Agent vom Typ 'dynamic' braucht Python-Quelltext in `code`",
    "An agent of type 'ha_actuator' runs no code: leave `code` and `install` out, or make it 'dynamic'":
        "Ein Agent vom Typ 'ha_actuator' hat keinen Code: Lass `code` und `install` weg, oder nimm 'dynamic'",
    "{domain}.{service} may end either way: say turn_on or turn_off, open or close":
        "{domain}.{service} kann so oder so enden: Sag turn_on oder turn_off, open oder close",
    "{problem}: change `mqtt_topics`": "{problem}: Ändere `mqtt_topics`",
    "`install` lists {count} packages: at most {most} are installed for one agent":
        "`install` nennt {count} Pakete: Für einen Agenten werden höchstens {most} eingerichtet",
    "{problem}: change `grants`": "{problem}: Ändere `grants`",
    "An agent {where} may not give tasks to {named}: take it out of `grants.agents`":
        "Ein Agent {where} darf {named} keine Aufträge geben: Nimm ihn aus `grants.agents`",
    "with packages": "mit Paketen",
    "on a node with the stand-alone runner": "auf einem Rechner mit dem eigenständigen Runner",
    "`code` has {count} characters: shorten it to {most}": "`code` hat {count} Zeichen: Kürze ihn auf {most}",
    "The specification is {size} KB: shorten code, prompt or schemas to {most} KB":
        "Die Beschreibung hat {size} KB: Kürze Code, Prompt oder Schemas auf {most} KB",
    "Its configuration cannot be read: {error}": "Seine Konfiguration ist nicht lesbar: {error}",
    "{shown} in `install` is no package: give names such as numpy, no options, addresses or paths":
        "{shown} in `install` ist kein Paket: Nenne Namen wie numpy, keine Optionen, Adressen oder Pfade",
    "{count} entries of at most {length} characters": "{count} Einträge von höchstens {length} Zeichen",
    "`grants.{kind}` is too long: give at most {most}": "`grants.{kind}` ist zu lang: Gib höchstens {most}",
    "{host} in `grants.http` is no host: write it as example.org or example.org:8080":
        "{host} in `grants.http` ist kein Host: Schreib ihn wie example.org oder example.org:8080",
    "No spawned agent may give tasks to {agent}: take it out of `grants.agents`":
        "Kein erzeugter Agent darf {agent} Aufträge geben: Nimm ihn aus `grants.agents`",
    "{agent} in `grants.agents` is no agent's name: correct it or take it out":
        "{agent} in `grants.agents` ist kein Name eines Agenten: Berichtige ihn, oder nimm ihn heraus",
    "The specification cannot be written as JSON ({name}): send plain text and numbers":
        "Die Beschreibung lässt sich nicht als JSON schreiben ({name}): Schick einfachen Text und Zahlen",
    "`code` is no valid Python: {msg} in {place}": "`code` ist kein gültiges Python: {msg} in {place}",
    "`code` cannot be parsed ({reason}): make it simpler": "`code` ist nicht lesbar ({reason}): Mach ihn einfacher",
    "line {number}": "Zeile {number}",
    "somewhere": "irgendeiner Zeile",
}  # fmt: skip

GERMAN = {**_FLEET, **_MOVES, **_SPAWNS, **_PROBLEMS}

phrase = Phrases(GERMAN)
