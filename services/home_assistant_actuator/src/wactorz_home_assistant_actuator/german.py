"""What the actuator says, in German: each English sentence with its twin."""

from wactorz_common.language import Phrases
from wactorz_home_assistant import words

_ASKED = {
    "unlock {things}": "{things} aufschließen",
    "open {things}": "{things} öffnen",
    "close {things}": "{things} schließen",
    "disarm {things}": "{things} unscharf schalten",
    "lock {things}": "{things} abschließen",
    "press {things}": "{things} drücken",
    "turn on {things}": "{things} einschalten",
    "turn off {things}": "{things} ausschalten",
    "{service} {things}": "{things}: {service}",
    "run {names}": "{names} ausführen",
    "set {names}": "{names} einstellen",
    "open {things} to {position:.0f} %": "{things} auf {position:.0f} % öffnen",
    "the {name}": "{name}",
    " and ": " und ",
    " to ": " bis ",
    " with {data}": " mit {data}",
    "{done} (proposed by a model)": "{done} (von einem Modell vorgeschlagen)",
    "{done} (asked by {asker}{said})": "{done} (verlangt von {asker}{said})",
    ", because of: {reason}": ", wegen: {reason}",
    "rule {id}": "Regel {id}",
    "Unlocking": "Aufschließen",
    "Opening": "Öffnen",
    "Disarming": "Unscharfschalten",
    "{doing} needs your yes; the {name} stays {state} until then.":
        "{doing} braucht dein Ja; {name} bleibt bis dahin {state}.",
    "{reason}; that needs your yes, so nothing was sent yet.":
        "{reason}; das braucht dein Ja, darum wurde noch nichts gesendet.",
    "{reason}, which text from outside may never bring about; nothing was done. If you want it, say: {said}.":
        "{reason}; das darf ein Text von außen nie bewirken, darum wurde nichts getan. "
        "Wenn du es willst, sag: {said}.",
    "That is something that text from outside may never bring about; nothing was done. If you want it, say: {said}.":
        "Das darf ein Text von außen nie bewirken, darum wurde nichts getan. Wenn du es willst, sag: {said}.",
    "{summary}? Say `/approve {id}` within {seconds:.0f} s; silence is a no.":
        "{summary}? Sag binnen {seconds:.0f} s `/approve {id}`; Schweigen heißt nein.",
    "{name} is set to ask each time": "{name} fragt nach Vorgabe jedes Mal",
    "only some people may change {name}": "{name} dürfen nur bestimmte Personen ändern",
}  # fmt: skip

_SHOWN = {
    "on": "an", "off": "aus",
    "run": "ausgeführt",
    "stopped": "angehalten",
    "set": "eingestellt",
    "pressed": "gedrückt",
    "done": "erledigt",
    "muted": "stumm",
    "no longer muted": "nicht mehr stumm",
    "at {value:.0f} %": "auf {value:.0f} %",
    "at volume {value:.0f} %": "auf Lautstärke {value:.0f} %",
    "set to {value}": "auf {value} gestellt",
    "{low} to {high} {unit}": "{low} bis {high} {unit}",
    "{count} more": "{count} weitere",
    "{count} devices ({names})": "{count} Geräte ({names})",
}  # fmt: skip

_ABILITIES = {
    "{name} cannot {what}": "{name} kann nicht {what}",
    "; it can {what}": "; möglich ist: {what}",
    "{name} has no effects.": "{name} hat keine Effekte.",
    "{name} cannot be dimmed; it can be turned on and off.":
        "{name} lässt sich nicht dimmen, nur ein- und ausschalten.",
    "{name} has no colors; {light_abilities}.": "{name} hat keine Farben; {light_abilities}.",
    "{name} has no color temperature; {light_abilities}.": "{name} hat keine Farbtemperatur; {light_abilities}.",
    "it can be dimmed and made warmer or cooler": "Helligkeit und Farbtemperatur lassen sich einstellen",
    "it can be dimmed": "die Helligkeit lässt sich einstellen",
    "it can be turned on and off": "es lässt sich ein- und ausschalten",
    "The {what} for {name} must be a number, not '{wanted}'.":
        "Der Wert „{what}“ für {name} muss eine Zahl sein, nicht „{wanted}“.",
    "{name} takes a {what} of {bounds}, not {value}.": "{name} nimmt als „{what}“ {bounds} an, nicht {value}.",
    "{name} has no {what} '{data}'; it has: {choices}.":
        "{name} hat als „{what}“ kein „{data}“; möglich ist: {choices}.",
}  # fmt: skip

_CLAUSES = {
    "be opened": "geöffnet werden", "be closed": "geschlossen werden", "be stopped": "angehalten werden",
    "be set to a position": "auf eine Stellung gebracht werden", "be tilted": "gekippt werden",
    "be stopped while it tilts": "beim Kippen angehalten werden",
    "be tilted to a position": "auf eine Lamellenstellung gebracht werden",
    "be set to a speed": "auf eine Stufe gestellt werden", "oscillate": "schwenken",
    "change its direction": "die Richtung wechseln", "be set to a preset": "auf eine Voreinstellung gestellt werden",
    "be set to a temperature": "auf eine Temperatur gestellt werden",
    "be set to a humidity": "auf eine Luftfeuchte gestellt werden", "change its fan mode": "den Lüftermodus wechseln",
    "change its swing mode": "den Schwenkmodus wechseln", "be turned off": "ausgeschaltet werden",
    "be turned on": "eingeschaltet werden", "pause": "pausieren",
    "be set to a volume": "auf eine Lautstärke gestellt werden", "be muted": "stummgeschaltet werden",
    "go back a track": "einen Titel zurückgehen", "skip a track": "einen Titel weitergehen",
    "play media": "Medien abspielen", "be made louder": "lauter gestellt werden",
    "be made quieter": "leiser gestellt werden", "be wound": "gespult werden", "shuffle": "mischen",
    "repeat": "wiederholen", "change its sound mode": "den Klangmodus wechseln",
    "change its source": "die Quelle wechseln", "stop": "anhalten", "play": "spielen", "be set": "eingestellt werden",
    "return": "zurückfahren", "start": "starten", "change its suction": "die Saugstufe wechseln",
    "tell where it is": "sich bemerkbar machen", "clean a spot": "eine Stelle reinigen", "mow": "mähen",
    "change its mode": "die Betriebsart wechseln", "be set to away": "auf Abwesenheit gestellt werden",
    "be armed at home": "für zu Hause scharf geschaltet werden",
    "be armed for away": "für unterwegs scharf geschaltet werden",
    "be armed for the night": "für die Nacht scharf geschaltet werden", "be triggered": "ausgelöst werden",
    "be armed with exceptions": "mit Ausnahmen scharf geschaltet werden",
    "be armed for the holidays": "für den Urlaub scharf geschaltet werden",
}  # fmt: skip
"""Of what devices can do: `wactorz_common.verbs`."""

_REFUSED = {
    "Everything is stopped, so nothing was sent; say /go to let devices act again.":
        "Alles ist angehalten, darum wurde nichts gesendet; mit /go dürfen Geräte wieder handeln.",
    "Only a person may let devices act again: say /go.": "Nur ein Mensch darf Geräte wieder handeln lassen: sag /go.",
    "Only the gateway may pass on {what}: it knows who a person is.":
        "Nur das Gateway darf {what} weitergeben: Es weiß, wer ein Mensch ist.",
    "answers to approvals": "Antworten auf Freigaben",
    "policies": "Vorgaben",
    "Only home-assistant-agent notes what became of automations.":
        "Nur home-assistant-agent hält fest, was aus Automatisierungen wurde.",
    "Only the planner asks for the standing yes of a rule.":
        "Nur der Planer bittet für eine Regel um ein dauerhaftes Ja.",
    "Too many questions of rules and agents wait for an answer already, so nothing was done.":
        "Schon zu viele Fragen von Regeln und Agenten warten auf eine Antwort, darum wurde nichts getan.",
    "{name} is called {name2} since the question was asked: ask for it once more.":
        "{name} heißt seit der Frage {name2}: Verlange es noch einmal.",
    "What was approved is not what is kept: ask for it once more.":
        "Freigegeben wurde etwas anderes, als hier steht: Verlange es noch einmal.",
    "Only {persons} may say yes to this; it still waits.": "Ja sagen darf hier nur {persons}; es wartet noch.",
    "This needs the PIN: add it to your yes.": "Das braucht die PIN: Gib sie mit deinem Ja an.",
    "That PIN is wrong; one try is left.": "Die PIN ist falsch; ein Versuch bleibt.",
    "That PIN is wrong; {left} tries are left.": "Die PIN ist falsch; {left} Versuche bleiben.",
    "That PIN was wrong {MOST_WRONG} times, so the answer is no, and no PIN is taken for {BLOCKED_SECONDS:.0f} min.":
        "Die PIN war {MOST_WRONG}-mal falsch, darum ist die Antwort nein, und für {BLOCKED_SECONDS:.0f} min "
        "wird keine PIN angenommen.",
    "Too many wrong PINs were given; no PIN is taken for another {wait:.0f} min.":
        "Zu oft war die PIN falsch; noch {wait:.0f} min wird keine angenommen.",
    "{name} was moved {most} times in a minute, and by no person, so nothing was sent.":
        "{name} wurde in einer Minute {most}-mal bewegt, und von keinem Menschen, darum wurde nichts gesendet.",
    "{name} is set to be left alone, so nothing was sent to it; change its policy first.":
        "{name} soll nach Vorgabe in Ruhe gelassen werden, darum wurde nichts gesendet; ändere erst die Vorgabe.",
    "Only {people} may change {name}, so nothing was sent to it{hint}.":
        "{name} darf nur {people} ändern, darum wurde nichts gesendet{hint}.",
    "; give the rule a standing yes": "; gib der Regel ein dauerhaftes Ja",
    "It is quiet time for {name} ({quiet_hours}), in which {who} leave it alone.":
        "Für {name} ist Ruhezeit ({quiet_hours}), darin fassen {who} es nicht an.",
    "rules": "Regeln", "models": "Modelle", "agents": "Agenten", "others": "andere",
    "Toggling is not possible here, because it may end either way; say on or off, open or close.":
        "Umschalten geht hier nicht, weil es so oder so enden kann; sag ein oder aus, öffnen oder schließen.",
    "The data of {domain}.{service} may not name further targets ({hidden}).":
        "Die Daten von {domain}.{service} dürfen keine weiteren Ziele nennen ({hidden}).",
    "homeassistant.{service} is not an action on a device.":
        "homeassistant.{service} ist keine Aktion an einem Gerät.",
    "{domain}.{service} is not an action on a device.": "{domain}.{service} ist keine Aktion an einem Gerät.",
    "Home Assistant has no services called {domain}.": "Home Assistant hat keine Dienste namens {domain}.",
    "Home Assistant has no {domain}.{service}; {domain} knows: {possible}.":
        "Home Assistant hat kein {domain}.{service}; {domain} kennt: {possible}.",
    "{domain}.{service} needs a value for {missing}, so nothing was sent.":
        "{domain}.{service} braucht einen Wert für {missing}, darum wurde nichts gesendet.",
    "There is no {entity_id} in Home Assistant{since}.": "{entity_id} gibt es in Home Assistant nicht{since}.",
    " any more: it was removed or renamed since the question was asked":
        " mehr: Es wurde seit der Frage entfernt oder umbenannt",
    "{name} is unavailable, so nothing was sent to it; check its power and connection.":
        "{name} ist nicht erreichbar, darum wurde nichts gesendet; prüfe Strom und Verbindung.",
    "{domain}.{service} does nothing to {name}, which is a {kind}.":
        "{domain}.{service} bewirkt nichts bei {name} (Art: {kind}).",
    "script.{service} does nothing to {name}; say script.turn_on.":
        "script.{service} bewirkt nichts bei {name}; sag script.turn_on.",
    "{domain}.{service} does nothing to {name}, which is a group.":
        "{domain}.{service} bewirkt nichts bei {name}, denn das ist eine Gruppe.",
    "{name} holds {name2}: {no_switch}": "{name} enthält {name2}: {no_switch}",
    "{name} cannot be turned on or off": "{name} lässt sich nicht ein- oder ausschalten",
    "; say lock": "; sag abschließen", "; say open or close": "; sag öffnen oder schließen",
    "; say arm": "; sag scharf schalten",
}  # fmt: skip

_ENDS = {
    "The notice was sent to {named}; whether it arrived is not known.":
        "Der Hinweis ging an {named}; ob er ankam, ist nicht bekannt.",
    "Home Assistant accepted {domain}.{service} for {named}; its effect cannot be read back.":
        "Home Assistant hat {domain}.{service} für {named} angenommen; die Wirkung lässt sich nicht zurücklesen.",
    "{named}: the command was sent, but not confirmed within {seconds:.0f} s.":
        "{named}: Der Befehl wurde gesendet, aber binnen {seconds:.0f} s nicht bestätigt.",
    "Confirmed {time:.0f} s after the answer.": "{time:.0f} s nach der Antwort bestätigt.",
    "{already} It was so already, so nothing was sent.": "{already} Es war schon so, darum wurde nichts gesendet.",
    "That is a no, so nothing was done: {summary}.": "Das ist ein Nein, darum wurde nichts getan: {summary}.",
    "Nobody answered in time, so nothing was done: {summary}":
        "Niemand antwortete rechtzeitig, darum wurde nichts getan: {summary}",
    "It may have been done before a restart, but it does not show; it is too late to send it again.":
        "Vielleicht geschah es vor einem Neustart, zu sehen ist es nicht; für einen neuen Versuch ist es zu spät.",
    "Its time had passed, so it was not sent.": "Die Zeit dafür war vorbei, darum wurde es nicht gesendet.",
    "It may have been done before a restart; it was not sent again, as its effect cannot be read back.":
        "Vielleicht geschah es vor einem Neustart; es wurde nicht noch einmal gesendet, denn die Wirkung lässt sich "
        "nicht zurücklesen.",
    "Earlier commands to the same device took too long, so this one was not sent.":
        "Frühere Befehle an dasselbe Gerät dauerten zu lange, darum wurde dieser nicht gesendet.",
    "Home Assistant declined {domain}.{service}: {error}": "Home Assistant lehnte {domain}.{service} ab: {error}",
    "It may have been done in part: {exceptions}": "Vielleicht geschah ein Teil davon: {exceptions}",
    "It may have been done before a restart; there was no time to read it back.":
        "Vielleicht geschah es vor einem Neustart; zum Zurücklesen war keine Zeit.",
    "It may have been done before a restart; reading back failed: {error}":
        "Vielleicht geschah es vor einem Neustart; das Zurücklesen schlug fehl: {error}",
}  # fmt: skip

_STANDING = {
    "Loosen the policy of {entity_id}: {before} becomes {after}":
        "Die Vorgabe für {entity_id} lockern: {before} wird zu {after}",
    "{summary}. That needs your yes, so nothing was changed yet.":
        "{summary}. Das braucht dein Ja, darum wurde noch nichts geändert.",
    "left alone": "in Ruhe gelassen", "never asked about": "nie gefragt", "asked about each time": "jedes Mal gefragt",
    "asked about by verb": "je nach Befehl gefragt",
    "for {people} only": "nur für {people}", "for everyone": "für alle",
    "The policy of {entity_id} is set.": "Die Vorgabe für {entity_id} ist gesetzt.",
    "There is no {entity_id} in Home Assistant, so it gets no policy.":
        "{entity_id} gibt es in Home Assistant nicht, darum bekommt es keine Vorgabe.",
    "{entity_id} has no PIN yet: give one of at least 4 characters with the policy.":
        "{entity_id} hat noch keine PIN: Gib mit der Vorgabe eine von mindestens 4 Zeichen an.",
    "A PIN was given, but the policy says that none is asked for: set `pin` with it.":
        "Eine PIN wurde angegeben, aber nach der Vorgabe wird keine verlangt: Setze `pin` dazu.",
    "Let the rule act without asking each time: {summary} ({why})":
        "Die Regel ohne jedes Mal zu fragen handeln lassen: {summary} ({why})",
    "The rule needs a standing yes, because {why}; without it, it asks each time.":
        "Die Regel braucht ein dauerhaftes Ja: {why}; ohne das fragt sie jedes Mal.",
    "The rule may do exactly this without asking each time.":
        "Die Regel darf genau das tun, ohne jedes Mal zu fragen.",
    "The rule needs no standing yes.": "Die Regel braucht kein dauerhaftes Ja.",
    "The rule has a standing yes to exactly this.": "Die Regel hat ein dauerhaftes Ja zu genau diesem.",
}  # fmt: skip

_AUDIT = {
    "The file that keeps the end of the audit log is missing: lines may have been cut off, or a state was put back.":
        "Die Datei, die das Ende des Protokolls festhält, fehlt: Zeilen können abgeschnitten sein, oder ein alter "
        "Stand wurde zurückgespielt.",
    "The audit log once had a line {number} with hash {hash}, which is gone; it ends at line {number2}. Its last "
    "lines were cut off or changed, or an older state was put back.":
        "Das Protokoll hatte einmal eine Zeile {number} mit der Prüfsumme {hash}, die fehlt; es endet bei Zeile "
        "{number2}. Die letzten Zeilen wurden abgeschnitten oder geändert, oder ein alter Stand wurde zurückgespielt.",
    "The audit log was changed: line {first_broken} is not as it was written. Do not trust it from there on, and "
    "compare it with a backup.":
        "Das Protokoll wurde geändert: Zeile {first_broken} ist nicht so, wie sie geschrieben wurde. Traue ihm von "
        "dort an nicht, und vergleiche es mit einer Sicherung.",
    "The audit log is intact: {lines} lines{newest}.{gaps}": "Das Protokoll ist heil: {lines} Zeilen{newest}.{gaps}",
    "; the newest is number {number} with hash {hash}": "; die neueste ist Nummer {number} mit der Prüfsumme {hash}",
    " Before line {lost} lines were lost: look at that line.":
        " Vor Zeile {lost} gingen Zeilen verloren: Sieh dir diese Zeile an.",
}  # fmt: skip

GERMAN = {**_ASKED, **_SHOWN, **_ABILITIES, **_REFUSED, **_ENDS, **_STANDING, **_AUDIT}

phrase = Phrases({**words.KINDS, **words.SETTINGS, **words.STATES, **_CLAUSES, **GERMAN})
