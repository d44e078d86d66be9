"""What the agent of Home Assistant says, in German: each English sentence with its twin."""

from wactorz_common.language import Phrases, language, primary
from wactorz_home_assistant import words

_DONE = {
    "I made the automation {name} in Home Assistant.":
        "Ich habe die Automatisierung {name} in Home Assistant angelegt.",
    "I changed the automation {name}.": "Ich habe die Automatisierung {name} geändert.",
    "I deleted the automation {name}.": "Ich habe die Automatisierung {name} gelöscht.",
    "The automation {name} is enabled.": "Die Automatisierung {name} ist eingeschaltet.",
    "The automation {name} is disabled.": "Die Automatisierung {name} ist ausgeschaltet.",
    "The automation {name} is back.": "Die Automatisierung {name} ist wieder da.",
    "The automation {name} is as it was before.": "Die Automatisierung {name} ist, wie sie vorher war.",
    "The automation {name} is gone again.": "Die Automatisierung {name} ist wieder weg.",
    "The automation {name} is enabled again.": "Die Automatisierung {name} ist wieder eingeschaltet.",
    "The automation {name} is disabled again.": "Die Automatisierung {name} ist wieder ausgeschaltet.",
    "I would make the automation {name} in Home Assistant.":
        "Ich würde die Automatisierung {name} in Home Assistant anlegen.",
    "I would change the automation {name}.": "Ich würde die Automatisierung {name} ändern.",
    "I would delete the automation {name}.": "Ich würde die Automatisierung {name} löschen.",
    "I would enable the automation {name}.": "Ich würde die Automatisierung {name} einschalten.",
    "I would disable the automation {name}.": "Ich würde die Automatisierung {name} ausschalten.",
    "Make the automation {name}, by which {reason}": "Die Automatisierung {name} anlegen; durch sie: {reason}",
    "Change the automation {name}, by which {reason}": "Die Automatisierung {name} ändern; durch sie: {reason}",
    "Enable the automation {name}, by which {reason}": "Die Automatisierung {name} einschalten; durch sie: {reason}",
    "Delete the automation {name}, by which {reason}": "Die Automatisierung {name} löschen; durch sie: {reason}",
    "Disable the automation {name}, by which {reason}": "Die Automatisierung {name} ausschalten; durch sie: {reason}",
    " To take it back: /undo": " Rückgängig: /undo",
    "Nothing was written.": "Geschrieben wurde nichts.",
    "Shall I? Answer yes or no.": "Soll ich? Antworte ja oder nein.",
    "{would} By it, {reason}, each time without asking.": "{would} Durch sie, jedes Mal ohne zu fragen: {reason}.",
    "It waits for your yes: answer yes, or /approve {id}": "Es wartet auf dein Ja: Antworte ja, oder /approve {id}",
    "{name} is {state} already.": "{name} ist schon {state}.",
    "enabled": "eingeschaltet", "disabled": "ausgeschaltet",
    "{name} is that way already.": "{name} ist schon so.",
    "I left it: nothing was changed about {name}.": "Ich habe es gelassen: An {name} wurde nichts geändert.",
    "It stays as it is: nothing was changed about {name}.": "Es bleibt, wie es ist: An {name} wurde nichts geändert.",
    "“{name}”": "„{name}“",
    "Automations ({found}):": "Automatisierungen ({found}):",
    "- ... and {found} more": "- ... und {found} weitere",
    "No automation fits '{search}'.": "Keine Automatisierung passt zu „{search}“.",
    "There are no automations in Home Assistant.": "In Home Assistant gibt es keine Automatisierungen.",
    "last ran {moment}": "lief zuletzt {moment}",
    "has never run": "lief noch nie",
    "Home Assistant does not show what it does.": "Home Assistant zeigt nicht, was sie tut.",
    "at {clock}": "um {clock}", "yesterday {clock}": "gestern {clock}",
    "on {day} {month} {clock}": "am {day}. {month} {clock}",
}  # fmt: skip

_REFUSED = {
    "I do not know what that needs, and no model could tell. I know for example what is needed to be warned of a leak, "
    "to be told when the door opens, to switch the light on motion, or to heat only when somebody is home.":
        "Ich weiß nicht, was das braucht, und kein Modell konnte es sagen. Ich weiß zum Beispiel, "
        "was nötig ist, um vor "
        "einem Leck gewarnt zu werden, zu erfahren, wann die Tür aufgeht, das Licht bei Bewegung zu schalten oder nur "
        "zu heizen, wenn jemand zu Hause ist.",
    "Only the demo home's sensors can be moved; with a real Home Assistant, move its helper or the device itself.":
        "Nur die Sensoren des Beispielhauses lassen sich bewegen; in einem echten Home Assistant bewege den Helfer "
        "oder das Gerät selbst.",
    "There is no {entity_id} in the demo home.": "{entity_id} gibt es im Beispielhaus nicht.",
    "Nobody could read that in time; nothing was done.": "Niemand konnte das rechtzeitig lesen; es wurde nichts getan.",
    "I know no device called '{said}'. `list entities` shows them all.":
        "Ich kenne kein Gerät namens „{said}“. `list entities` zeigt alle.",
    "Which one: {names}?": "Welches: {names}?",
    "Everything is stopped, so no automation is changed; say /go first. Disabling one is possible.":
        "Alles ist angehalten, darum wird keine Automatisierung geändert; sag erst /go. Ausschalten geht.",
    "Only a person may let automations be changed again: say /go.":
        "Nur ein Mensch darf Automatisierungen wieder ändern lassen: sag /go.",
    "{name} is kept in a file of its own, not by Home Assistant: change it there.":
        "{name} steht in einer eigenen Datei, nicht bei Home Assistant: Ändere es dort.",
    "Home Assistant does not show what {name} does.": "Home Assistant zeigt nicht, was {name} tut.",
    "Home Assistant does not show what {name} does, so I did not enable it.":
        "Home Assistant zeigt nicht, was {name} tut, darum habe ich es nicht eingeschaltet.",
    "There is no change of an automation that waits for a yes here. Ask for it once more.":
        "Hier wartet keine Änderung einer Automatisierung auf ein Ja. Verlange sie noch einmal.",
    "There is no change of an automation that could be taken back.":
        "Es gibt keine Änderung einer Automatisierung, die sich zurücknehmen ließe.",
    "Say what the automation shall do.": "Sag, was die Automatisierung tun soll.",
    "The model could not be asked for that automation: {error}":
        "Das Modell konnte zu dieser Automatisierung nicht gefragt werden: {error}",
    "Only the gateway may pass on what a person decides: it knows who they are.":
        "Nur das Gateway darf weitergeben, was ein Mensch entscheidet: Es weiß, wer das ist.",
    "I could not look at what is laid down for these devices, so I left it. Try again.":
        "Ich konnte die Vorgaben für diese Geräte nicht ansehen, darum habe ich es gelassen. Versuche es noch einmal.",
    "{problem}, to which Home Assistant would not keep. Make it a rule of Wactorz instead.":
        "{problem}; daran hielte sich Home Assistant nicht. Mach daraus eine Regel von Wactorz.",
    "{name} was changed by somebody else since, so I left it as it is. `show automation {name}` shows it.":
        "{name} wurde seither von jemand anderem geändert, darum habe ich es gelassen. "
        "`show automation {name}` zeigt es.",
    "There is no {missing} in the house, so I did not make the automation.":
        "Im Haus gibt es kein {missing}, darum habe ich die Automatisierung nicht angelegt.",
    "Home Assistant has no action {unknown}, so I did not make the automation.":
        "Home Assistant hat keine Aktion {unknown}, darum habe ich die Automatisierung nicht angelegt.",
    " and no ": " und kein ",
    "Home Assistant does not accept that automation: {problems}":
        "Home Assistant nimmt diese Automatisierung nicht an: {problems}",
    "Its time had passed, so nothing was written.": "Die Zeit dafür war vorbei, darum wurde nichts geschrieben.",
    "I sent it, but Home Assistant does not show {name} as I wrote it.":
        "Ich habe es gesendet, aber Home Assistant zeigt {name} nicht so, wie ich es schrieb.",
    "I sent it, but {name} does not show as enabled.":
        "Ich habe es gesendet, aber {name} zeigt sich nicht als eingeschaltet.",
    "I sent it, but {name} does not show as disabled.":
        "Ich habe es gesendet, aber {name} zeigt sich nicht als ausgeschaltet.",
    "Home Assistant keeps {name}, but does not run it: check its log for the reason.":
        "Home Assistant hat {name} gespeichert, führt es aber nicht aus: Den Grund nennt sein Protokoll.",
    "{name} was changed by somebody else while I worked on it; look at it with /automations.":
        "{name} wurde von jemand anderem geändert, während ich daran war; sieh es dir mit /automations an.",
    "I sent it, but could not read it back: {error}":
        "Ich habe es gesendet, konnte es aber nicht zurücklesen: {error}",
    "{quoted} was changed by somebody else in the meantime, so I left it. Ask once more.":
        "{quoted} wurde inzwischen von jemand anderem geändert, darum habe ich es gelassen. Frag noch einmal.",
    "It may have been written before a restart; reading back failed: {error}":
        "Vielleicht wurde es vor einem Neustart geschrieben; das Zurücklesen schlug fehl: {error}",
    "There is an automation with the id {automation_id} already, so I did not write over it.":
        "Es gibt schon eine Automatisierung mit der Kennung {automation_id}, darum habe ich sie nicht überschrieben.",
    "I did not make that automation: {reason}, and what a model wrote may never do that. Say it in plain words that I "
    "can read myself, for example: make a Home Assistant automation: every day at 7 unlock the front door.":
        "Ich habe diese Automatisierung nicht angelegt: {reason}, und was ein Modell schrieb, darf das nie. Sag es so "
        "einfach, dass ich es selbst lesen kann, etwa: Leg eine Home-Assistant-Automatisierung an: Schließ jeden Tag "
        "um 7 die Haustür auf.",
    "There are {found} automations like that. Which one: {names}?":
        "Solche Automatisierungen gibt es {found}. Welche davon: {names}?",
    "There is no automation '{named}'. {hint}": "Die Automatisierung „{named}“ gibt es nicht. {hint}",
    "Did you mean {names}?": "Meinst du {names}?",
    "`list automations` shows them all.": "`list automations` zeigt alle.",
    "Home Assistant did not show the automation: {told}": "Home Assistant zeigte die Automatisierung nicht: {told}",
    "Home Assistant did not take the automation: {told}": "Home Assistant nahm die Automatisierung nicht an: {told}",
    "Home Assistant did not delete the automation: {told}": "Home Assistant löschte die Automatisierung nicht: {told}",
    "Home Assistant declined: {error}": "Home Assistant lehnte ab: {error}",
    "Home Assistant at {url} cannot be reached: {error}": "Home Assistant unter {url} ist nicht erreichbar: {error}",
    "no answer from Home Assistant: {error}": "keine Antwort von Home Assistant: {error}",
    "Home Assistant does not check automations: {error}": "Home Assistant prüft keine Automatisierungen: {error}",
    "I could not read that as an automation, and no model is configured that could. Say it in plainer words without "
    "@home-assistant-agent, for example: make a Home Assistant automation: every day at 7 turn on the hall light.":
        "Das konnte ich nicht als Automatisierung lesen, und es ist kein Modell eingerichtet, das es könnte. Sag es "
        "einfacher und ohne @home-assistant-agent, etwa: Leg eine Home-Assistant-Automatisierung an: Schalte jeden Tag "
        "um 7 das Flurlicht ein.",
    "I could not make an automation of that: {problem}": "Daraus konnte ich keine Automatisierung machen: {problem}",
    "That automation is too long for a model to change; change it in Home Assistant itself.":
        "Diese Automatisierung ist zu lang für ein Modell; ändere sie in Home Assistant selbst.",
    "the model did not write one": "das Modell schrieb keine",
    "there is no {unknown} in an automation": "in einer Automatisierung gibt es kein {unknown}",
    "alias must be its name": "alias muss ihr Name sein",
    "mode must be one of {MODES}": "mode muss eines von {MODES} sein",
    "{section} must be a list of at most {MOST_STEPS} objects":
        "{section} muss eine Liste von höchstens {MOST_STEPS} Objekten sein",
    "it does nothing": "sie tut nichts",
    "it has a template, which is not allowed": "sie enthält eine Vorlage, das ist nicht erlaubt",
    "Home Assistant cannot say {named}, so that is left out; a rule of Wactorz keeps it.":
        "Home Assistant kann Folgendes nicht ausdrücken, darum fehlt es: {named}. Eine Regel von Wactorz behält es.",
    "that the value must go back by {slack} before it counts again":
        "dass der Wert um {slack} zurückgehen muss, bevor er wieder zählt",
    "the quiet time of {duration}": "die Ruhepause von {duration}",
    "that it stays so for {duration}": "dass es {duration} so bleibt",
    "that it also acts if it is so already": "dass sie auch handelt, wenn es schon so ist",
    "Home Assistant has no trigger for that; a rule of Wactorz may.":
        "Home Assistant hat dafür keinen Auslöser; eine Regel von Wactorz vielleicht.",
    "Home Assistant can only repeat in whole parts of a minute, an hour or a day. Make it a rule of Wactorz instead.":
        "Home Assistant wiederholt nur in ganzen Teilen einer Minute, einer Stunde oder eines Tages. Mach daraus eine "
        "Regel von Wactorz.",
    "{name} is set to be left alone": "{name} soll nach Vorgabe in Ruhe gelassen werden",
    "Only {persons} may change {name}": "{name} darf nur {persons} ändern",
    "{name} asks for a PIN": "{name} verlangt eine PIN",
    "{name} is set to ask each time": "{name} fragt nach Vorgabe jedes Mal",
    "it chooses what to call by a template ({action})": "sie wählt durch eine Vorlage, was aufgerufen wird ({action})",
    "it chooses by a template what {domain}.{service} is for":
        "sie wählt durch eine Vorlage, wofür {domain}.{service} gilt",
    "what {domain}.{service} does cannot be looked into": "was {domain}.{service} tut, ist nicht einsehbar",
    "one of its steps cannot be looked into": "einer ihrer Schritte ist nicht einsehbar",
    "what it does with a device cannot be looked into": "was sie mit einem Gerät tut, ist nicht einsehbar",
    "what the blueprint {path} does cannot be looked into": "was die Vorlage {path} tut, ist nicht einsehbar",
}  # fmt: skip

_QUESTIONS = {
    "I did not understand that.": "Das habe ich nicht verstanden.",
    "I can answer: list areas, list devices, list entities, list lights (or another kind), list lights in the kitchen, "
    "what is in the kitchen, state of the kitchen light, is the front door locked.":
        "Auf Englisch verstehe ich: list areas, list devices, list entities, list lights (oder eine andere Art), list "
        "lights in the kitchen, what is in the kitchen, state of the kitchen light, is the front door locked.",
    "About automations: list automations, explain automation NAME, create an automation: SENTENCE, change automation "
    "NAME: SENTENCE, enable, disable or delete automation NAME, undo. Besides: why is the kitchen light on, what do I "
    "need to be warned of a leak.":
        "Zu Automatisierungen: list automations, explain automation NAME, create an automation: SATZ, change "
        "automation NAME: SATZ, enable, disable oder delete automation NAME, undo. Außerdem: why is the kitchen light "
        "on, what do I need to be warned of a leak.",
    "Areas": "Bereiche", "There are no areas yet.": "Es gibt noch keine Bereiche.",
    " in {area}": " in {area}", "There are no {kind}{place}.": "Es gibt keine {kind}{place}.",
    "entities": "Entitäten", "devices": "Geräte",
    "... and {count} more": "... und {count} weitere",
    "set to {mode}": "auf {mode} gestellt", "{share:.0f} % open": "zu {share:.0f} % offen",
    "now {value} {unit}": "jetzt {value} {unit}", "target {value} {unit}": "Ziel {value} {unit}",
    "clear": "ruhig", "detected": "erkannt", "wet": "nass",
}  # fmt: skip

_SAID = {
    " in the {area}": " ({area})",
    "For that{place} you need:": "Dafür{place} brauchst du:",
    "Missing: {kinds}.": "Es fehlt: {kinds}.",
    "Nothing that is needed is missing.": "Nichts, was nötig ist, fehlt.",
    "{need}: there is none yet. Look for: {hint}.": "{need}: gibt es noch nicht. Suche nach: {hint}.",
    "{need}: there is none yet.": "{need}: gibt es noch nicht.",
    " and {count} more": " und {count} weitere",
    "{need}: you have {names}{more}.": "{need}: Du hast {names}{more}.",
    "Runs only when somebody starts it.": "Läuft nur, wenn jemand sie startet.",
    "Runs {part}.": "Läuft: {part}.", "Runs:": "Läuft:",
    "Only if {part}.": "Nur wenn {part}.", "Only if:": "Nur wenn:",
    "It does nothing.": "Sie tut nichts.",
    "Then {part}.": "Dann {part}.", "Then:": "Dann:",
    " or": " oder", " and": " und", " or ": " oder ", " and ": " und ", ", then ": ", dann ",
    "Made from the blueprint {dict}.": "Aus der Vorlage {dict} gemacht.",
    "only when somebody runs it": "nur wenn jemand sie startet",
    "do nothing": "nichts tun",
    ", if {only}": ", wenn {only}",
    "When it is triggered again while it runs, it begins anew.":
        "Wird sie im Lauf noch einmal ausgelöst, beginnt sie von vorn.",
    "When it is triggered again while it runs, it runs once more afterwards.":
        "Wird sie im Lauf noch einmal ausgelöst, läuft sie danach noch einmal.",
    "When it is triggered again while it runs, it runs several times at once.":
        "Wird sie im Lauf noch einmal ausgelöst, läuft sie mehrmals zugleich.",
    "as follows\n": "wie folgt\n",
    "something else": "etwas anderes",
    " (switched off)": " (abgeschaltet)",
    "the {name}": "{name}", "everything labeled {name}": "alles mit dem Etikett {name}", "a device": "ein Gerät",
    "when {names} {verbs}{value}": "wenn {names} {verbs}{value}",
    " and stays so{held}": " und{held} so bleibt",
    " for {duration}": " {duration} lang",
    " and stays so for {duration}": " und {duration} lang so bleibt",
    "{human} of ": "{human} von ",
    " from {either}": " von {either}",
    " becomes {either}": " zu {either} wird",
    " changes": " sich ändert",
    "when {attribute}{names}{target}{source}{held}": "wenn {attribute}{names}{source}{target}{held}",
    "when {name} comes between {limit} and {limit2}{unit}{held}":
        "wenn {name} zwischen {limit} und {limit2}{unit} kommt{held}",
    "when {name} rises above {limit}{held}": "wenn {name} über {limit} steigt{held}",
    "when {name} falls below {limit}{held}": "wenn {name} unter {limit} fällt{held}",
    "every day at {times}": "jeden Tag um {times}",
    "the time of {names}": "der Zeit von {names}", "the time of {names}{offset}": "der Zeit von {names}{offset}",
    "at {moment}": "bei {moment}", "{span} before ": "{span} vor ", "{span} after ": "{span} nach ",
    "every {given}": "jede {given}", "every {count} {given}": "alle {count} {given}",
    "when Home Assistant starts": "wenn Home Assistant startet",
    "when Home Assistant shuts down": "wenn Home Assistant herunterfährt",
    "when {who} enters {zone}": "wenn {who} in {zone} ankommt",
    "when {who} leaves {zone}": "wenn {who} {zone} verlässt",
    "none of these holds: {inner}": "nichts davon gilt: {inner}",
    "{attribute}{names} is {either}{held}": "{attribute}{names}{held} {either} ist",
    "{name} is {ways}": "{name} {ways} liegt",
    "above {limit}{unit}": "über {limit}{unit}", "below {limit}{unit}": "unter {limit}{unit}",
    "after {clock}": "nach {clock}", "before {clock}": "vor {clock}",
    "after {moment}": "nach {moment}", "before {moment}": "vor {moment}",
    "it is {clock}": "es {clock} ist", "it is {on}": "es {on} ist",
    "a workday": "ein Werktag", "the weekend": "Wochenende",
    "wait {duration}": "{duration} warten",
    "set the scene {names}": "die Szene {names} einstellen",
    "if {only}: {sequence}{otherwise}": "wenn {only}: {sequence}{otherwise}",
    ", else {sequence}": ", sonst {sequence}",
    "go on only if {condition}": "nur weitermachen, wenn {condition}",
    "send the notice “{data}”": "den Hinweis „{data}“ senden",
    "{what} and ": "{what} und ", "{human}s in {places}": "{human} in {places}",
    "brightness {value} %": "Helligkeit {value} %",
    "turn on {what}": "{what} einschalten", "turn off {what}": "{what} ausschalten",
    "toggle {what}": "{what} umschalten", "lock {what}": "{what} abschließen", "unlock {what}": "{what} aufschließen",
    "open {what}": "{what} öffnen", "close {what}": "{what} schließen", "stop {what}": "{what} anhalten",
    "disarm {what}": "{what} unscharf schalten", "arm {what} for away": "{what} für unterwegs scharf schalten",
    "arm {what} for home": "{what} für zu Hause scharf schalten",
    "arm {what} for the night": "{what} für die Nacht scharf schalten", "start {what}": "{what} starten",
    "set {what}": "{what} einstellen", "press {what}": "{what} drücken",
    "set the volume of {what}": "die Lautstärke von {what} einstellen", "play {what}": "{what} abspielen",
    "pause {what}": "{what} pausieren", "run {what}": "{what} ausführen",
    "send {what} to its base": "{what} zur Station schicken",
    "closes": "zugeht", "opens": "aufgeht", "sees no more motion": "keine Bewegung mehr meldet",
    "sees motion": "Bewegung meldet", "becomes empty": "frei wird", "becomes occupied": "belegt wird",
    "becomes dry": "trocken wird", "becomes wet": "nass wird", "sees no more smoke": "keinen Rauch mehr meldet",
    "sees smoke": "Rauch meldet", "is locked": "abgeschlossen wird", "is unlocked": "aufgeschlossen wird",
    "turns off": "ausgeht", "turns on": "angeht",
    "Monday": "Montag", "Tuesday": "Dienstag", "Wednesday": "Mittwoch", "Thursday": "Donnerstag", "Friday": "Freitag",
    "Saturday": "Samstag", "Sunday": "Sonntag",
}  # fmt: skip

_WORDS = {
    "sunrise": "Sonnenaufgang", "sunset": "Sonnenuntergang", "hour": "Stunde", "minute": "Minute",
    "second": "Sekunde", "hours": "Stunden", "minutes": "Minuten", "seconds": "Sekunden", "hvac mode": "Betriebsart",
}  # fmt: skip

GERMAN = {**_QUESTIONS, **_DONE, **_REFUSED, **_SAID}

phrase = Phrases({**words.KINDS, **words.SETTINGS, **words.STATES, **_WORDS, **GERMAN})


def is_german() -> bool:
    """Whether the work at hand answers in German."""
    return primary(language()) == "de"
