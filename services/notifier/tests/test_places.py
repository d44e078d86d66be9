import pytest

from wactorz_common.errors import Refused
from wactorz_notifier import places
from wactorz_notifier.places import hint_of, name_of, recognize


@pytest.mark.parametrize(
    ("url", "wanted", "service", "is_own"),
    [
        ("https://discord.com/api/webhooks/1/abc", "", "discord", True),
        ("https://discordapp.com/api/webhooks/1/abc", "discord", "discord", True),
        ("https://canary.discord.com/api/v10/webhooks/1/abc?thread_id=5", "", "discord", True),
        ("http://127.0.0.1:8080/api/webhooks/1/abc", "", "discord", True),
        ("https://hooks.slack.com/services/T/B/x", "", "slack", True),
        ("https://hooks.slack.com/services/T/B/x", "webhook", "slack", True),
        ("https://api.telegram.org/bot1:abc/sendMessage?chat_id=-100", "", "telegram", True),
        ("http://localhost:81/bot1:abc/sendMessage?chat_id=7", "telegram", "telegram", True),
        ("https://example.org/anything", "", "webhook", True),
        ("http://192.168.1.4/api/webhooks/1/abc", "webhook", "webhook", True),
        ("ntfy://topic", "", "ntfy", False),
        ("ntfys://topic", "", "ntfy", False),
        ("mailto://user:password@example.org", "", "email", False),
        ("tgram://1:abc/7", "telegram", "telegram", False),
    ],
)
def test_services_by_their_urls(url, wanted, service, is_own):
    assert recognize(url, wanted) == places.Recognized(service, is_own)


@pytest.mark.parametrize(
    ("url", "wanted", "words"),
    [
        ("discord", "", "no URL"),
        ("https://", "", "no URL"),
        ("https://a b", "", "no URL"),
        ("http://[::1", "", "no URL"),
        ("https://discord.com/channels/1/2", "", "looks like https://discord.com/api/webhooks/NUMBER/TOKEN"),
        ("https://hooks.slack.com/services/T/B/x", "discord", "URL of slack, not of discord"),
        ("https://api.telegram.org/bot1:abc/sendMessage", "", "add ?chat_id=NUMBER"),
        ("https://api.telegram.org/bot1:abc/getMe?chat_id=1", "", "looks like"),
        ("https://example.org/x", "slack", "looks like"),
        ("ntfy://topic", "discord", "URL of ntfy"),
    ],
)
def test_what_cannot_be_a_place_is_refused_without_showing_the_url(url, wanted, words):
    with pytest.raises(Refused, match=words.replace("?", r"\?")) as refusal:
        recognize(url, wanted)
    assert "abc" not in str(refusal.value)


def test_names():
    assert name_of("", "discord") == "discord"
    assert name_of(" Family ", "discord") == "Family"
    for name in ("page", "two words", "a/b", "secret:x"):
        with pytest.raises(Refused):
            name_of(name, "discord")


def test_hints_tell_apart_and_no_more():
    assert hint_of("https://discord.com/api/webhooks/123/abcdefghijkl") == "discord.com…ijkl"
    assert hint_of("https://example.org/short") == "example.org…"
    assert hint_of("https://api.telegram.org/bot1:abcdefghijkl/sendMessage?chat_id=1") == "api.telegram.org…"
    assert hint_of("ntfy://secret-topic") == "ntfy://…"
    assert hint_of("mailto://user:password@host") == "mailto://…"


def test_what_to_type():
    assert places.how_to("") == "type `/webhook discord URL`, with https://discord.com/api/webhooks/NUMBER/TOKEN"
    assert places.how_to("family") == "type `/webhook family URL`"
