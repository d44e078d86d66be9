from wactorz_main.words import distinct, excerpt, telling


def test_words_that_tell_something_are_kept_in_order_and_once():
    assert telling("What is the name of my sister's cat, the old cat?") == ("name", "sister", "cat", "old")
    assert telling("Wie heißt die Katze von meiner Schwester?") == ("heißt", "katze", "meiner", "schwester")
    assert telling("what was it?") == ()
    assert len(telling(" ".join(f"word{number}" for number in range(99)))) == 24


def test_short_texts_are_whole():
    assert excerpt("a  b\nc", ("b",), 50) == "a b c"


def test_long_texts_are_shown_where_the_words_are():
    text = "filler " * 200 + "the boiler code is 4711 " + "filler " * 200
    shown = excerpt(text, ("boiler", "code"), 100)
    assert "the boiler code is 4711" in shown
    assert len(shown) <= 100
    assert (shown.startswith("..."), shown.endswith("...")) == (True, True)
    assert excerpt(text, ("missing",), 100).startswith("filler")


def test_what_says_nearly_the_same_counts_once():
    texts = (
        "I was thinking about Anna today, number 1", "I was thinking about Anna today, number 2", "the code is 1234",
        "the code is 5678", "Anna was born in May",
    )  # fmt: skip
    assert distinct(texts, 9) == (0, 2, 3, 4)
    assert distinct(texts, 2) == (0, 2)
