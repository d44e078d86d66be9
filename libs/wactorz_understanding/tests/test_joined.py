"""Areas and kinds in one word are found without a list of all of them."""

from wactorz_understanding.joined import JoinedWords

WORDS = JoinedWords({"küche": "kitchen", "küch": "kitchen", "bad oben": "bath"}, ("", "n"), {"licht": "light/one"})


def test_joined_words_within_a_text():
    assert WORDS.within("mach das Küchenlicht an") == {"küchenlicht": ("kitchen", "light/one")}
    assert WORDS.within("im Bad obenlicht") == {"bad obenlicht": ("bath", "light/one")}


def test_parts_alone_are_none():
    assert WORDS.within("das licht in der küche und obenlicht") == {}
