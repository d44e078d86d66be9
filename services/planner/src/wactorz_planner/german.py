"""What the planner says, in German: each English sentence with its twin."""

from wactorz_common.language import Phrases
from wactorz_planner import german_reading

_MADE = {
    "{when}, {does}{limits}.": "{when}: {does}{limits}.",
    ", but only if {conditions}": ", aber nur wenn {conditions}",
    ", only {hours}": ", nur {hours}",
    ", and makes up for a time it missed": ", und holt Versäumtes nach",
    ", at most once every {span}": ", höchstens alle {span}",
    " and ": " und ",
    "I would make this rule ({rule_id}): {summary}{risk} Shall I? Answer yes or no, or type /rules approve {rule_id}.":
        "Ich würde diese Regel anlegen ({rule_id}): {summary}{risk} "
        "Soll ich? Antworte ja oder nein, oder tippe /rules approve {rule_id}.",
    "Rule {rule_id} is active. {summary}{risk} To remove it: /undo or /rules delete {rule_id}":
        "Regel {rule_id} ist aktiv. {summary}{risk} Rückgängig: /undo oder /rules delete {rule_id}",
    "The rule would be: {summary}{risk} Nothing is made yet.":
        "Die Regel wäre: {summary}{risk} Angelegt ist nichts.",
    "That rule is already proposed. {created}": "Diese Regel ist schon vorgeschlagen. {created}",
    "That rule already exists ({rule_id}). {summary}{note} To remove it: /rules delete {rule_id}":
        "Diese Regel gibt es schon ({rule_id}). {summary}{note} Löschen: /rules delete {rule_id}",
    " It is paused.": " Sie ist angehalten.",
    " It is paused: {note}.": " Sie ist angehalten: {note}.",
    "It is paused: {note}": "Sie ist angehalten: {note}",
    "It is active": "Sie ist aktiv",
    "It waits for a yes": "Sie wartet auf ein Ja",
    "It has acted {count} times, last {at}.": "Sie hat {count}-mal gehandelt, zuletzt {at}.",
    "It has not acted yet.": "Sie hat noch nicht gehandelt.",
    "Rule {rule_id}: {summary} {state}. {fired}": "Regel {rule_id}: {summary} {state}. {fired}",
    "It has a standing yes for this: {opens}.": "Dafür gilt ein dauerhaftes Ja: {opens}.",
    "Mind that it opens something: {opens}. It will ask you each time; /rules grant {rule_id} lets it do so by "
    "itself.":
        "Achtung, sie öffnet etwas: {opens}. Sie fragt jedes Mal; mit /rules grant {rule_id} tut sie es von selbst.",
    "Rule {rule_id} is changed and waits for a yes. {created}":
        "Regel {rule_id} ist geändert und wartet auf ein Ja. {created}",
    "Rule {rule_id} is changed: {summary}{state}": "Regel {rule_id} ist geändert: {summary}{state}",
    "Rule {rule_id} stays as it is: {problem}": "Regel {rule_id} bleibt, wie sie ist: {problem}",
    "Rule {rule_id} stays as it was: {summary}{state}": "Regel {rule_id} bleibt, wie sie war: {summary}{state}",
    "Rule {rule_id} is deleted: {task}": "Regel {rule_id} ist gelöscht: {task}",
    "Rule {rule_id} is paused: {summary} To let it go on: /rules resume {rule_id}":
        "Regel {rule_id} ist angehalten: {summary} Weiter geht es mit /rules resume {rule_id}",
    "Rule {rule_id} is active: {summary} What is already so now does not fire it.":
        "Regel {rule_id} ist aktiv: {summary} Was jetzt schon so ist, löst sie nicht aus.",
    "Rule {rule_id} opens nothing, so it needs no standing yes: {summary}":
        "Regel {rule_id} öffnet nichts, darum braucht sie kein dauerhaftes Ja: {summary}",
    "Before anything arrives there I need the address: /webhook {target} URL.":
        "Bevor dort etwas ankommt, brauche ich die Adresse: /webhook {target} URL.",
}  # fmt: skip

_REFUSED = {
    "There are {rules} rules already. Delete one first: /rules lists them.":
        "Es gibt schon {rules} Regeln. Lösche erst eine: /rules zeigt sie.",
    "I did not make that rule: {danger}, and a model had to read the sentence for me, which must never open anything. "
    "Say it plainly, for example: when the hall motion sensor detects motion, unlock the front door.":
        "Ich habe diese Regel nicht angelegt: {danger}, und den Satz musste ein Modell für mich lesen, das nie etwas "
        "öffnen darf. Sag es einfacher, zum Beispiel: Wenn der Bewegungsmelder im Flur Bewegung meldet, schließ die "
        "Haustür auf.",
    "Rule {rule_id} is {state} already.": "Regel {rule_id} ist schon {state}.",
    "Rule {rule_id} is only proposed, so there is nothing to pause.":
        "Regel {rule_id} ist nur vorgeschlagen, da gibt es nichts anzuhalten.",
    "Rule {rule_id} is only proposed. To start it: /rules approve {rule_id}":
        "Regel {rule_id} ist nur vorgeschlagen. Sie beginnt mit /rules approve {rule_id}",
    "Rule {rule_id} no longer fits the home: {problems}": "Regel {rule_id} passt nicht mehr zum Haus: {problems}",
    "Rule {rule_id} stays as it is: {problems}": "Regel {rule_id} bleibt, wie sie ist: {problems}",
    "There is no rule {rule_id}. /rules lists them.": "Die Regel {rule_id} gibt es nicht. /rules zeigt alle.",
    "Say what the rule shall be: as YAML, or as a sentence.": "Sag, was die Regel sein soll: als YAML oder als Satz.",
    "Only a person may let rules act again: say /go.": "Nur ein Mensch darf Regeln wieder handeln lassen: sag /go.",
    "No answer came about that. Try again.": "Dazu kam keine Antwort. Versuche es noch einmal.",
    "The model could not be asked for that rule: {error}":
        "Das Modell konnte zu dieser Regel nicht gefragt werden: {error}",
    "I could not read that as a rule, and no model is configured that could.":
        "Das konnte ich nicht als Regel lesen, und es ist kein Modell eingerichtet, das es könnte.",
    "I cannot make a rule of that: {reason}": "Daraus kann ich keine Regel machen: {reason}",
    "I could not make a rule of that: {problem}": "Daraus konnte ich keine Regel machen: {problem}",
    "the model did not fill in a rule": "das Modell hat keine Regel ausgefüllt",
}  # fmt: skip

_FOLLOWING = {
    "{gone} is no longer in the home": "{gone} gibt es im Haus nicht mehr",
    "Rule {rule_id} ({task}) is paused: {note}": "Regel {rule_id} ({task}) ist angehalten: {note}",
    "Rule {rule_id} ({task}) goes on: its entities are back":
        "Regel {rule_id} ({task}) läuft weiter: Ihre Geräte sind wieder da",
    "its entities are back": "ihre Geräte sind wieder da",
    "{old} is {new} now": "{old} heißt jetzt {new}",
    ", and it asks each time again": ", und sie fragt wieder jedes Mal",
    "renamed: {said}": "umbenannt: {said}",
    "Rule {rule_id} ({task}) follows: {said}": "Regel {rule_id} ({task}) folgt: {said}",
    "a person paused it": "ein Mensch hat sie angehalten",
    "a person let it go on": "ein Mensch hat sie weiterlaufen lassen",
    "a person changed it": "ein Mensch hat sie geändert",
    "a person took a change back": "ein Mensch hat eine Änderung zurückgenommen",
}  # fmt: skip

_FIRING = {
    "held back: {values}": "zurückgehalten: {values}",
    "{by} changed {entity_id} after the trigger was met":
        "{by} hat {entity_id} geändert, nachdem der Auslöser erfüllt war",
    "{by} changed {entity_id} {now:.0f} s ago": "{by} hat {entity_id} vor {now:.0f} s geändert",
    "a person": "ein Mensch",
    "an automation": "eine Automatisierung",
    "the device itself, or a hand on it,": "das Gerät selbst oder eine Hand daran",
    "rule {rule_id} keeps {entity_id} as it is for {kept_until:.0f} s more":
        "Regel {rule_id} lässt {entity_id} noch {kept_until:.0f} s lang so, wie es ist",
    "its rule was deleted before it could be confirmed": "die Regel wurde gelöscht, bevor es bestätigt werden konnte",
    "could not tell {target}": "konnte {target} nicht Bescheid geben",
    "anybody": "niemandem",
    "got nothing done by {agent}": "hat bei {agent} nichts erreicht",
    "Rule {rule_id} ({task}) did not do its work: {detail}": "Regel {rule_id} ({task}) hat nicht gewirkt: {detail}",
    "Rule {rule_id} ({task}) {failure}: {detail}": "Regel {rule_id} ({task}) {failure}: {detail}",
    "{names} fight over {entity_id}: each undid what the other did, again and again":
        "{names} streiten um {entity_id}: Jede hat immer wieder rückgängig gemacht, was die andere tat",
    "Both are paused: {detail}. Change or delete one, then let the other go on: /rules resume {rule_id}":
        "Beide sind angehalten: {detail}. Ändere oder lösche eine, dann lass die andere weiterlaufen: "
        "/rules resume {rule_id}",
    "what it moves makes it fire again and again": "was sie bewegt, löst sie immer wieder aus",
    "{named} is paused: {detail}. Change it, or let it go on: /rules resume {rule_id}":
        "{named} ist angehalten: {detail}. Ändere sie, oder lass sie weiterlaufen: /rules resume {rule_id}",
    "rule {rule_id} ({task})": "Regel {rule_id} ({task})",
    "there was nothing to do": "es war nichts zu tun",
    "it waits for approval {approval_id}: {detail}": "es wartet auf die Freigabe {approval_id}: {detail}",
    "{subject} is {state}": "{subject} ist {state}",
    "the notice is {state}": "der Hinweis ist {state}",
    "everything is stopped": "alles ist angehalten",
    "within its quiet time": "sie hatte ihre Ruhepause",
    "outside its hours": "es war außerhalb ihrer Zeiten",
    "its trigger was met, but not its conditions": "der Auslöser war erfüllt, die Bedingungen nicht",
    "missed once, because Wactorz did not run or the rule was not ready at that time":
        "einmal versäumt, weil Wactorz nicht lief oder die Regel zu der Zeit nicht bereit war",
    "missed {count} times, because Wactorz did not run or the rule was not ready at that time":
        "{count}-mal versäumt, weil Wactorz nicht lief oder die Regel zu der Zeit nicht bereit war",
    "under way": "unterwegs",
}  # fmt: skip

_PAST = {
    "It would have fired {times} {within}{by_night}.{when}": "Sie hätte {within} {times} ausgelöst{by_night}.{when}",
    "It would not have fired {within}.": "Sie hätte {within} nicht ausgelöst.",
    "in {span}": "in {span}",
    "once": "einmal",
    "Once": "Einmal",
    "{count} times": "{count}-mal",
    ", {count} at night": ", davon {count}-mal nachts",
    ", and that at night": ", und zwar nachts",
    " That was on {first}.": " Das war am {first}.",
    " The first time on {first}, the last time on {last}.": " Zuerst am {first}, zuletzt am {last}.",
    "{times} more its trigger was met within the quiet time of {pause}.":
        "Dazu war der Auslöser {times} in der Ruhepause von {pause} erfüllt.",
    "{times} its trigger was met, but not its conditions.":
        "{times} war der Auslöser erfüllt, die Bedingungen aber nicht.",
    "The recorder only knows {span_words}; {span_words2} were asked for.":
        "Die Aufzeichnung kennt nur die Zeit von {span_words}; gefragt war nach {span_words2}.",
    "The recorder knows nothing of {missing}.": "Die Aufzeichnung weiß nichts von {missing}.",
    "There was too much history to look at all of it, so the newest part is left out.":
        "Die Aufzeichnung ist zu lang, um alles anzusehen, darum fehlt der neueste Teil.",
    "What cameras saw is not recorded, so a rule that waits for it cannot be tried on the past.":
        "Was Kameras sahen, wird nicht aufgezeichnet, darum lässt sich eine Regel dazu nicht an der Vergangenheit "
        "erproben.",
    "MQTT messages are not recorded, so a rule that depends on them cannot be tried on the past.":
        "MQTT-Nachrichten werden nicht aufgezeichnet, darum lässt sich eine Regel dazu nicht an der Vergangenheit "
        "erproben.",
    "The past could not be read: {error}": "Die Vergangenheit ließ sich nicht lesen: {error}",
    "1 day": "einem Tag",
    "{count} days": "{count} Tagen",
    "{weekday} {day} {month} at {clock}": "{weekday}, {day}. {month}, um {clock} Uhr",
    "{weekday} {day} {month} {clock}": "{weekday}, {day}. {month}, {clock} Uhr",
    "{clock}": "{clock} Uhr",
    "Monday": "Montag", "Tuesday": "Dienstag", "Wednesday": "Mittwoch", "Thursday": "Donnerstag", "Friday": "Freitag",
    "Saturday": "Samstag", "Sunday": "Sonntag",
    "January": "Januar", "February": "Februar", "March": "März", "April": "April", "May": "Mai", "June": "Juni",
    "July": "Juli", "August": "August", "September": "September", "October": "Oktober", "November": "November",
    "December": "Dezember",
    "Mon": "Mo", "Tue": "Di", "Wed": "Mi", "Thu": "Do", "Fri": "Fr", "Sat": "Sa", "Sun": "So",
    "Jan": "Jan", "Feb": "Feb", "Mar": "März", "Apr": "Apr", "May ": "Mai", "Jun": "Juni", "Jul": "Juli",
    "Aug": "Aug", "Sep": "Sep", "Oct": "Okt", "Nov": "Nov", "Dec": "Dez",
}  # fmt: skip

_WHY = {
    "Rule {rule_id} ({summary}) did not fire {span}.": "Regel {rule_id} ({summary}) hat {span} nicht ausgelöst.",
    "Rule {rule_id} fired {times} {span}, last at {when}: {plain}.":
        "Regel {rule_id} hat {span} {times} ausgelöst, zuletzt {when}: {plain}.",
    "between {when} and {when2}": "zwischen {when} und {when2}",
    "It was never approved, so it does not run: /rules approve {rule_id}.":
        "Sie wurde nie freigegeben, darum läuft sie nicht: /rules approve {rule_id}.",
    "It is paused{since}: {note}. To let it go on: /rules resume {rule_id}.":
        "Sie ist{since} angehalten: {note}. Weiter geht es mit /rules resume {rule_id}.",
    " since {when}": " seit {when}",
    "It was made only at {when}.": "Es gibt sie erst seit {when}.",
    "Everything was stopped from {begin} to {end}.": "Alles war angehalten von {begin} bis {end}.",
    "Everything was stopped from {begin} on, and still is: /go lets it act again.":
        "Alles ist seit {begin} angehalten: Mit /go handelt sie wieder.",
    "at {at}": "({at})",
    "{count} times, last at {at},": "{count}-mal (zuletzt {at})",
    "It was due but {why} (noted {times}).": "Sie war fällig, aber {why} (vermerkt: {times}).",
    "Its trigger was met {times} but it was {why}.": "Der Auslöser war erfüllt {times}, doch sie wurde {why}.",
    "Its trigger was met {times} but {why}.": "Der Auslöser war erfüllt {times}, aber {why}.",
    ", which is {pause}": ", die {pause} dauert",
    "Its trigger was met {times} but not its conditions: {conditions}.":
        "Der Auslöser war erfüllt {times}, die Bedingungen nicht: {conditions}.",
    "{name} {is_now} instead of {wanted}": "{name} {is_now} statt {wanted}",
    "was not known": "war nicht bekannt",
    "was {value}": "war {value}",
    "not {value}": "nicht {value}", "above {value}": "über {value}", "below {value}": "unter {value}",
    "at least {value}": "mindestens {value}", "at most {value}": "höchstens {value}",
    "{value}": "{value}",
    "{part} of {what}": "{part} von {what}",
    "Its trigger was not met as far as I heard; the recorder cannot be asked now.":
        "Soweit ich gehört habe, war der Auslöser nicht erfüllt; die Aufzeichnung lässt sich gerade nicht befragen.",
    "The recorder knows nothing of {name} in that time, so its trigger was never met.":
        "Die Aufzeichnung weiß für diese Zeit nichts von {name}, der Auslöser war also nie erfüllt.",
    "By the recorder its trigger was met at {moments}, {why}.":
        "Nach der Aufzeichnung war der Auslöser erfüllt ({moments}), {why}.",
    "of which I heard nothing: I may not have run then":
        "wovon ich nichts gehört habe: Vielleicht lief ich da nicht",
    "before the rule was made": "bevor es die Regel gab",
    "{first} showed no number in that time.": "{first} zeigte in dieser Zeit keine Zahl.",
    "{first} was {wanted} all the time ({low} to {high}), and only a new crossing counts.":
        "{first} lag die ganze Zeit {wanted} ({low} bis {high}), und es zählt nur ein neues Über- oder Unterschreiten.",
    "{first} lay between {low} and {high}, so it did not come {wanted}{held}.":
        "{first} lag zwischen {low} und {high}, kam also nicht{held} {wanted}.",
    " for {duration}": " {duration} lang",
    "{first} was {to} all the time, and only a change to it counts.":
        "{first} war die ganze Zeit {to}, und es zählt nur der Wechsel dahin.",
    "{first} was {shown}, so it did not become {to}{held}.": "{first} war {shown}, also nicht{held} {to}.",
    "since I began to listen at {when}": "seit ich zuhöre ({when})",
    "No message came on {what} {since}.": "Auf {what} kam keine Nachricht, {since}.",
    "1 message came on {what} {since}, and none met the trigger anew.":
        "Auf {what} kam eine Nachricht, {since}; sie hat den Auslöser nicht neu erfüllt.",
    "{count} messages came on {what} {since}, and none met the trigger anew.":
        "Auf {what} kamen {count} Nachrichten, {since}; keine hat den Auslöser neu erfüllt.",
    "The last value was {last_value}, at {when} on {last_topic}.":
        "Der letzte Wert war {last_value} ({when}, auf {last_topic}).",
    "{without_field} of them did not have the field that it looks at.":
        "In {without_field} davon fehlte das Feld, auf das sie achtet.",
    "{unreadable} of them could not be read.": "{unreadable} davon waren nicht lesbar.",
    "the watch for {target}": "der Suche nach {target}",
    "It was due at {when}, of which nothing is noted: I may not have run then.":
        "Sie war fällig ({when}), doch dazu ist nichts vermerkt: Vielleicht lief ich da nicht.",
    "It was not due in that time.": "In dieser Zeit war sie nicht fällig.",
    "It is due next at {when}.": "Das nächste Mal ist sie fällig: {when}.",
    "its end is not known yet": "das Ende ist noch nicht bekannt",
    "an unknown time": "unbekannter Zeit",
}  # fmt: skip

_WORDS = {
    "done": "erledigt", "failed": "gescheitert", "expired": "verfallen", "unknown": "nicht bestätigt",
    "running": "läuft", "accepted": "angenommen", "proposed": "vorgeschlagen", "active": "aktiv",
    "paused": "angehalten",
    "rejected": "verworfen", "stopped": "gestoppt", "superseded": "ersetzt", "skipped": "ausgelassen",
    "waiting": "wartet", "left out": "ausgelassen", "not known": "nicht bekannt", "denied": "abgelehnt",
    "sent": "gesendet", "held": "zurückgehalten", "shown": "gezeigt", "cancelled": "abgebrochen",
}  # fmt: skip
"""States, of which many are only codes of contracts."""

GERMAN = {**_MADE, **_REFUSED, **_FOLLOWING, **_FIRING, **_PAST, **_WHY, **german_reading.GERMAN}

phrase = Phrases({**_WORDS, **GERMAN})
