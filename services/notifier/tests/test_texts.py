import pytest

from wactorz_notifier import texts


@pytest.mark.parametrize("text", ["@everyone", "see @Here now", "<!channel> @channel", "<@&123> <@!5>"])
def test_nobody_is_pinged(text):
    safe = texts.defused(text)
    assert safe != text
    assert safe.replace("\u200b", "") == text


def test_addresses_stay_as_they_are():
    assert texts.defused("mail ann@example.org, @ann") == "mail ann@example.org, @ann"


def test_pieces_are_cut_at_words_and_nothing_is_lost():
    text = "one two three\nfour five six seven"
    parts = texts.pieces(text, 12)
    assert all(len(part) <= 12 for part in parts)
    assert " ".join(parts).split() == text.split()
    assert texts.pieces("x" * 25, 10) == ("x" * 10, "x" * 10, "x" * 5)
    assert texts.pieces("", 10) == ("",)


def test_evidence_is_short_and_covers_secrets():
    told = texts.evidence("see https://discord.com/api/webhooks/1/abcdef\n" + "word " * 100)
    assert "abcdef" not in told
    assert (len(told), "\n" in told) == (200, False)


def test_digest_counts_what_finds_no_room():
    told = texts.digest("Many:", [(f"notice {n}", 1 + n % 2) for n in range(100)], 300)
    assert len(told) <= 300
    assert told.startswith("Many:\n• notice 0\n• notice 1 (2 times)\n")
    shown = told.count("•")
    assert told.endswith(f"… and {100 - shown} more")
    assert texts.digest("Few:", [("a\nb", 1)], 300) == "Few:\n• a b"


def test_cut():
    assert texts.cut("12345", 5) == "12345"
    assert texts.cut("123456", 5) == "1234…"
    assert texts.together("Title", "text") == "Title\ntext"
