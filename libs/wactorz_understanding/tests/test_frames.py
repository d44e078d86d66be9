"""A command inside another sentence, or with a "not" in it, is no command; in each language, for every command."""

import pytest

from wactorz_understanding.understander import Understander

FRAMES = {
    "en": [
        "do not {}", "never {}", "I said {}", "Tom says: {}", "what happens if I {}", "tell Anna to {}",
        "{} at my mother's", "{} next door", "{} later", "{} tomorrow", "{} in 5 minutes", "{} at 7", "{} maybe",
        "{} but only when I say so", "{} or rather not", "should I {}?", "can one {}?", "how would you {}",
        "imagine {}", "{} tonight", "{} until 10 pm", "{} for 10 minutes", "nobody may {}", "{} would be nice",
        "it is forbidden to {}", "{} and tell me a joke", "{} only in an emergency", "by no means {}", "yesterday: {}",
        "why {}", "{} twice", "{} almost", "stop trying to {}", "pretend to {}",
    ],
    "de": [
        "{} nicht", "bitte niemals {}", "ich habe gesagt {}", "Tom sagt: {}", "was passiert, wenn ich {}",
        "sag Anna, sie soll {}", "{} bei meiner Mutter", "{} im Nachbarhaus", "{} später", "{} morgen",
        "{} in 5 Minuten", "{} um 7", "{} vielleicht", "{}, aber erst wenn ich es sage", "{} oder lieber nicht",
        "soll ich {}?", "kann man {}?", "wie würdest du {}", "stell dir vor, {}", "{} heute Abend", "{} bis 10 Uhr",
        "{} für 10 Minuten", "keiner darf {}", "{} wäre schön", "es ist verboten: {}", "{} und erzähl mir einen Witz",
        "{} nur im Notfall", "{} auf gar keinen Fall", "gestern: {}", "ob ich {}", "warum {}", "{} zweimal",
        "hätte ich doch {}", "{} nie wieder",
    ],
}  # fmt: skip
NOT = {"en": ("not", "never"), "de": ("nicht", "niemals", "kein")}
COMMANDS = frozenset({"plain", "percent", "color", "white", "compound", "relative"})
NEVER_EXCEPT = "but not"


@pytest.fixture(scope="module", params=["en", "de"])
def spoken(request, corpus):
    language = request.param
    understander = Understander(language)
    understander.load(corpus.load_house(corpus.HOUSES[language]))
    rows = [row for row in corpus.load_corpus("tuned", language) if row["kind"] in COMMANDS and "say" in row]
    said = [(row["say"].rstrip(".!? "), row.get("area")) for row in rows]
    return language, understander, [one for one in said if corpus.acts(understander.understand(*one))]


def test_there_are_commands(spoken):
    assert len(spoken[2]) > 50


def test_a_command_in_a_frame_is_no_command(spoken, corpus):
    language, understander, said = spoken
    framed = [(frame.format(text), area) for frame in FRAMES[language] for text, area in said[::3]]
    assert [text for text, area in framed if corpus.acts(understander.understand(text, area))] == []


def test_a_command_with_a_not_in_it_is_no_command(spoken, corpus):
    language, understander, said = spoken
    acted = []
    for text, area in said[::2]:
        words = text.split()
        for place in range(len(words) + 1):
            for word in NOT[language]:
                changed = " ".join([*words[:place], word, *words[place:]])
                if corpus.acts(understander.understand(changed, area)) and NEVER_EXCEPT not in changed:
                    acted.append(changed)
    assert acted == []


def test_no_word_left_out_makes_a_command_open_something(spoken, corpus):
    _, understander, said = spoken
    opens = ("unlock", "open_cover", "disarm")
    found = []
    for text, area in said:
        before = corpus.spell(understander.understand(text, area))
        words = text.split()
        for place in range(len(words)):
            meaning = understander.understand(" ".join([*words[:place], *words[place + 1 :]]), area)
            after = corpus.spell(meaning)
            opened = any(word in after and word not in before for word in opens) and "position" not in before
            found += [f"{text} -> {after}"] if corpus.acts(meaning) and opened else []
    assert found == []
