import pytest

from wactorz_main.memory_sentences import key_of, read_memory_wish


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("remember that I like tea", ("remember", "I like tea")), ("Remember: the bin is out on Monday", ("remember", "the bin is out on Monday")),
        ("remember my birthday is in May", ("remember", "my birthday is in May")),
        ("please note that we are away in July", ("remember", "we are away in July")),
        ("don't forget that the cat is inside", ("remember", "the cat is inside")),
        ("merke dir, dass ich Tee mag", ("remember", "ich Tee mag")), ("Merk dir: Müll am Montag", ("remember", "Müll am Montag")),
        ("bitte merk dir, dass wir verreisen", ("remember", "wir verreisen")), ("vergiss nicht, dass Oma kommt", ("remember", "Oma kommt")),
        ("what do you remember?", ()), ("what do you know about me", ()), ("Was weißt du über mich?", ()),
        ("was hast du dir gemerkt", ()), ("woran erinnerst du dich?", ()), ("what have I told you", ()),
        ("forget everything", ("clear",)), ("forget everything about me", ("clear",)), ("vergiss alles über mich", ("clear",)),
        ("remember to buy milk", None), ("remember when we met?", None), ("what do you know about Paris", None),
        ("turn on the light", None), ("forget it", None), ("do you remember my name?", None), ("merke", None),
    ],
)  # fmt: skip
def test_sentences_about_memory(text, arguments):
    assert read_memory_wish(text) == arguments


@pytest.mark.parametrize(
    ("statement", "key"),
    [("my name is Ann", "person_name"), ("Ich heiße Anna", "person_name"), ("I like green tea", "pref_green_tea"),
     ("my dog is Rex", "fact_dog"), ("my dog is Max.", "fact_dog"), ("Unser Auto hat Winterreifen", "fact_auto"),
     ("ich mag Käse", "pref_kaese"), ("the bins go out on Mondays", "fact_bins_go_out_mondays"), ("!!!", "fact_note")],
)  # fmt: skip
def test_statements_about_the_same_thing_have_the_same_key(statement, key):
    assert key_of(statement) == key
