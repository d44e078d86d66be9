"""What the topics service says, in German: each English sentence with its twin."""

from wactorz_common.language import Phrases

GERMAN = {
    "Nothing about '{word}' was heard or declared on the bus yet.":
        "Zu '{word}' war auf dem Bus noch nichts zu hören oder angegeben.",
    "Nothing was heard or declared on the bus yet.": "Auf dem Bus war noch nichts zu hören oder angegeben.",
    "… and {count} more": "… und {count} weitere",
    "{count} topics, {rate} messages per second:": "{count} Topics, {rate} Nachrichten je Sekunde:",
    "heard before": "früher gehört",
    "never heard": "nie gehört",
    ", from {names}": ", von {names}",
    ", heard by {names}": ", gehört von {names}",
    " or ": " oder ",
    "{given} is in {unit}, {need} wants {wanted}: convert it":
        "{given} ist in {unit}, {need} möchte {wanted}: Rechne es um",
    "{names} is not there": "{names} fehlt",
    "{names} are not there": "{names} fehlen",
    "{field} as {need}": "{field} als {need}",
    "fits: {fields}": "passt: {fields}",
    " Do you mean {names}?": " Meinst du {names}?",
    " {names} waits for it, too.": " Auch {names} wartet darauf.",
    "Nobody publishes on {topic}, and nothing was ever heard there.":
        "Auf {topic} sendet niemand, und dort war nie etwas zu hören.",
    "{field} on {topics} is {kind}, not {wanted}": "{field} auf {topics} ist {kind}, nicht {wanted}",
    "{field} on {topics} is in {unit}, not in {wanted}: convert it":
        "{field} auf {topics} ist in {unit}, nicht in {wanted}: Rechne es um",
    "{field} on {topics} is in {unit}, not in {wanted}": "{field} auf {topics} ist in {unit}, nicht in {wanted}",
    "{field} is in {share} of the messages on {topics} only":
        "{field} steht nur in {share} der Nachrichten auf {topics}",
    "there are {fields}": "es gibt {fields}",
    "use {fields}": "nimm {fields}",
    "There is no field {field} on {topics}: {hint}": "Ein Feld {field} gibt es auf {topics} nicht: {hint}",
    "{name} publishes on {topic} already, with other fields ({fields}): take another topic, or the same fields":
        "{name} sendet schon auf {topic}, mit anderen Feldern ({fields}): Nimm ein anderes Topic oder dieselben Felder",
}  # fmt: skip

phrase = Phrases(GERMAN)
