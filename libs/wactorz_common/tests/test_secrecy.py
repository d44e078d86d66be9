"""Secrets are found in what people type, and little else is taken for one."""

import base64

import pytest

from wactorz_common.contracts.chat import ChatMessage
from wactorz_common.errors import Refused
from wactorz_common.sealing import Opener
from wactorz_common.secrecy import SecretKeeper, cover, find, take_out

SECRETS = [
    (
        "https://discord.com/api/webhooks/123456/abcDEF_-x",
        "discord",
        "https://discord.com/api/webhooks/123456/abcDEF_-x",
    ),
    ("use https://discordapp.com/api/webhooks/1/abc.", "discord", "https://discordapp.com/api/webhooks/1/abc"),
    (
        "https://ptb.discord.com/api/v10/webhooks/1/abc?wait=true",
        "discord",
        "https://ptb.discord.com/api/v10/webhooks/1/abc?wait=true",
    ),
    (
        "post to https://hooks.slack.com/services/T0/B0/xyz, please",
        "slack",
        "https://hooks.slack.com/services/T0/B0/xyz",
    ),
    (
        "https://api.telegram.org/bot123456:ABC/sendMessage?chat_id=1",
        "telegram",
        "https://api.telegram.org/bot123456:ABC/sendMessage?chat_id=1",
    ),
    ("tgram://123456:ABC/99", "telegram", "tgram://123456:ABC/99"),
    ("/webhook mine ntfy://my-topic", "webhook", "ntfy://my-topic"),
    ("/webhook https://example.org/hook/1", "webhook", "https://example.org/hook/1"),
    (
        "my discord webhook is http://10.0.0.2:8080/api/webhooks/123/abcDEF-x_y",
        "webhook",
        "http://10.0.0.2:8080/api/webhooks/123/abcDEF-x_y",
    ),
    ("my webhook is http://10.0.0.2:9/notify/me.", "webhook", "http://10.0.0.2:9/notify/me"),
    ("die Webhook-Adresse lautet: <https://n.example/t/1>", "webhook", "https://n.example/t/1"),
    ("http://ha.local:8123/api/webhook/abc123", "webhook", "http://ha.local:8123/api/webhook/abc123"),
    ("https://maker.ifttt.com/trigger/x/with/key/abc", "webhook", "https://maker.ifttt.com/trigger/x/with/key/abc"),
    ("mqtt://bob:hunter2@broker:1883", "password", "mqtt://bob:hunter2@broker:1883"),
    ("see https://user:pass@example.com/path now", "password", "https://user:pass@example.com/path"),
    ("sk-ant-api03-abcdefghijklmnop", "token", "sk-ant-api03-abcdefghijklmnop"),
    ("my key sk-proj-abcdefghijklmnop1234", "token", "sk-proj-abcdefghijklmnop1234"),
    ("ghp_abcdefghijklmnopqrstuvwxyz012345", "token", "ghp_abcdefghijklmnopqrstuvwxyz012345"),
    ("github_pat_11ABCDEFG0abcdefghijkl", "token", "github_pat_11ABCDEFG0abcdefghijkl"),
    ("AIzaSyA1234567890abcdefghijklmnopqrstuv", "token", "AIzaSyA1234567890abcdefghijklmnopqrstuv"),
    ("xoxb-1234567890-abcdefghij", "token", "xoxb-1234567890-abcdefghij"),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhYmMifQ.abcDEF123_-",
        "token",
        "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhYmMifQ.abcDEF123_-",
    ),
    ("AKIAIOSFODNN7EXAMPLE", "token", "AKIAIOSFODNN7EXAMPLE"),
    ("nvapi-abcdefghijklmnopqrstuvwx", "token", "nvapi-abcdefghijklmnopqrstuvwx"),
    ("hf_abcdefghijklmnopqrstuv", "token", "hf_abcdefghijklmnopqrstuv"),
    ("123456789:AAabcdefghijklmnopqrstuvwxyz0123456", "token", "123456789:AAabcdefghijklmnopqrstuvwxyz0123456"),
    ("Authorization: Bearer abcdefGHIJKL0123456789", "token", "abcdefGHIJKL0123456789"),
    ("fetch https://api.example.com/w?q=1&api_key=abc123def", "token", "abc123def"),
    ("my password is hunter2", "password", "hunter2"),
    ("the wifi password is swordfish", "password", "swordfish"),
    ("my password for the router is hunter2", "password", "hunter2"),
    ("password: s3cr3t!", "password", "s3cr3t!"),
    ("pw=abc123", "password", "abc123"),
    ("WLAN-Passwort: geheim123", "password", "geheim123"),
    ("das Passwort ist Sommer2024", "password", "Sommer2024"),
    ("mein Kennwort lautet blaubeere", "password", "blaubeere"),
    ("Passwort für das WLAN ist katze7", "password", "katze7"),
    ('the password is "correct horse battery staple"', "password", "correct horse battery staple"),
    ("login as bob with password hunter2!", "password", "hunter2!"),
    ("set the password to Abcd1234", "password", "Abcd1234"),
    ("ändere das Passwort auf Winter23", "password", "Winter23"),
    ("use Abc123xyz as the password", "password", "Abc123xyz"),
    ("nimm Abc123xyz als Passwort", "password", "Abc123xyz"),
    ("my pin is 4711", "password", "4711"),
    ("der Alarmcode ist 4711", "password", "4711"),
    ("the door code is 1234", "password", "1234"),
    ("Geheimzahl: 0815", "password", "0815"),
    ("the api key is abc123def456", "token", "abc123def456"),
    ("token: 9f8e7d6c5b4a", "token", "9f8e7d6c5b4a"),
    ("my access token is aB3dE6gH9jK2", "token", "aB3dE6gH9jK2"),
    ("der Token lautet aB3dE6gH9jK2", "token", "aB3dE6gH9jK2"),
    ("client secret = Zx9Yw8Vu7Ts6", "token", "Zx9Yw8Vu7Ts6"),
    ("passphrase is open-sesame-99", "password", "open-sesame-99"),
    ("remember that my password is letmein", "password", "letmein"),
    (
        "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----",
        "token",
        "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----",
    ),
    ("glpat-abcdefghij0123456789", "token", "glpat-abcdefghij0123456789"),
    ("sk_live_abcdefghij0123", "token", "sk_live_abcdefghij0123"),
    ("Das WLAN-Kennwort heißt Apfelbaum9", "password", "Apfelbaum9"),
    ("my password is now hunter3", "password", "hunter3"),
]

HARMLESS = [
    "turn on the kitchen light",
    "the password is wrong",
    "my password is not working",
    "is the password correct?",
    "das Passwort ist falsch",
    "das Passwort ist abgelaufen",
    "I forgot my password",
    "change my password",
    "ich habe mein Passwort vergessen",
    "what is a password?",
    "what is the wifi password?",
    "wie lautet das WLAN-Passwort?",
    "the token is expired",
    "token bus is slow",
    "a secret: I like you",
    "secret:discord-1 is stored",
    "my password is secret:password-ab12cd34",
    "password: ****",
    "the api key is missing",
    "https://example.com/webhooks are nice",
    "https://discord.com/channels/1/2",
    "https://api.slack.com/docs",
    "open https://hooks.example.com",
    "whenever the lamp turns on, notify me on Discord",
    "sky-blue light",
    "ask for a skeleton key",
    "task-oriented planning-session",
    "set the temperature to 21.5",
    "the code is 42 lines long",
    "the alarm code panel is broken",
    "pin the message",
    "der Schlüssel ist weg",
    "der Schlüssel ist unter der Matte",
    "the key is under the mat",
    "turn light 1234 on",
    "meet me at 10:30",
    "mac aa:bb:cc:dd:ee:ff",
    "rule ab12cd34",
    "pass the salt",
    "compass points north",
    "bypass is on",
    "my passport number",
    "the basic idea of it",
    "bearer of bad news comes today",
    "tokens: how many did we use today",
    "how many tokens did main use?",
    "password manager",
    "what does bearer mean",
    "my name is Anna",
    "my wifi is called Wiesengrund5",
    "the password policy is strict",
    "Passwort ändern",
    "das Kennwort wird nicht akzeptiert",
    "send a token of appreciation",
    "the token is on the table",
    "https://example.com/?q=password",
    "https://example.com/page?key=1",
    "/webhook",
    "/webhook discord",
    "/webhook remove discord",
    "/webhook test discord",
    "why is the password needed",
    "the pin is bent",
    "the door code is unknown",
    "12345678",
    "bob@example.com",
    "http://localhost:8080/api/chat",
    "Is the password still valid?",
    "the passcode is too short",
    "give the agent the token bucket algorithm",
    "explain oauth access token refresh flows",
    "the password is the same as before",
    "das Passwort ist das gleiche wie vorher",
    "password protected file",
    "refresh token rotation explained",
]


@pytest.mark.parametrize(("text", "kind", "secret"), SECRETS)
def test_secrets_are_found_whole(text, kind, secret):
    spans = find(text)
    assert [(span.kind, text[span.start : span.end]) for span in spans] == [(kind, secret)]
    assert secret not in cover(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_plain_sentences_hold_no_secret(text):
    assert find(text) == ()
    assert cover(text) == text


@pytest.fixture
def vault():
    return Opener(bytes(range(32)))


def test_a_secret_becomes_a_reference_that_only_the_vault_can_read(vault):
    url = "https://discord.com/api/webhooks/1/abc"
    text, sealed = take_out(f"post to {url}, and to {url} again; password: hunter2", vault.vault_key)
    assert url not in text
    assert "hunter2" not in text
    assert [one.kind for one in sealed] == ["discord", "password"]
    assert text == f"post to {sealed[0].reference}, and to {sealed[0].reference} again; password: {sealed[1].reference}"
    assert [vault.open(one) for one in sealed] == [url, "hunter2"]
    assert all("hunter2" not in one.encode().decode() for one in sealed)


def test_what_was_taken_out_is_not_taken_again(vault):
    text, _ = take_out("my token is aB3dE6gH9jK2", vault.vault_key)
    assert find(text) == ()


def test_too_many_and_too_long_secrets_are_refused(vault):
    many = " ".join(f"ghp_{number:030d}" for number in range(11))
    with pytest.raises(Refused, match="more than 10"):
        take_out(many, vault.vault_key)
    with pytest.raises(Refused, match="longer than"):
        take_out("https://discord.com/api/webhooks/1/" + "a" * 6_000, vault.vault_key)


def test_without_a_vault_a_secret_is_refused_and_all_else_passes():
    keeper = SecretKeeper()
    plain = ChatMessage(content="turn on the light", id="1")
    assert keeper.clean(plain) is plain
    with pytest.raises(Refused, match="nothing was passed on") as refused:
        keeper.clean(ChatMessage(content="my password is hunter2", id="2"))
    assert "hunter2" not in str(refused.value)


def test_the_same_message_is_cleaned_the_same_way_again(vault):
    keeper = SecretKeeper()
    keeper.key = vault.vault_key
    said = ChatMessage(content="my password is hunter2", id="2", person="ann")
    first = keeper.clean(said)
    assert keeper.clean(said) == first
    assert first.person == "ann"
    assert first.content == f"my password is {first.secrets[0].reference}"
    other = keeper.clean(said.model_copy(update={"content": "my password is hunter3"}))
    assert other.secrets != first.secrets
    assert base64.b64decode(first.secrets[0].sealed)


@pytest.mark.parametrize(
    "text", ["a-" * 8_000, "pass" * 4_000, "-----BEGIN PRIVATE KEY-----" * 590, "sk-" * 5_000, 'password is "' * 1_200]
)
def test_hostile_texts_hold_nothing_and_are_read(text):
    assert all(span.end > span.start for span in find(text))


CANARY = "abcDEF123-canary-456xyz"
HOOK = f"https://discord.com/api/webhooks/123456/{CANARY}"


@pytest.mark.parametrize(
    "text",
    [
        HOOK.replace(".com", ".com:443"), HOOK.replace(".com", ".com."), HOOK.replace("https", "hxxps"), HOOK[8:],
        HOOK.replace("https://discord", "HTTPS://canary.DISCORD"), HOOK.replace("/", "\\/"), f"[hook]({HOOK}), so",
        HOOK.replace("://", "%3A%2F%2F").replace("/", "%2F"), HOOK.replace("123456/", "123456/\n"),
        HOOK.replace("webhooks/", "webhooks/\n  "), '{"url": "' + HOOK.replace("/", "\\/") + '"}',
        f"/rules import\ntask: x\nurl: {HOOK[8:]}", f"coordinate: post to {HOOK[8:]} and wait", f"@poet use {HOOK[8:]}",
        f"https://hooks.slack.com:443/services/T000/B000/{CANARY}", f"hooks.slack.com/services/T0/B0/{CANARY}",
        f"http://chat.local:1/services/T000/B000/{CANARY}", f"https://api.telegram.org:443/bot123456789:AAF-{CANARY}",
        f"api.telegram.org/bot99887766:{CANARY}/sendMessage", f"gotify://host/{CANARY}", f"pover://user@{CANARY}",
        f"https://n8n.local:5678/webhook/{CANARY}", f"https://chat.example/hooks/{CANARY}", f"webhook http://h/{CANARY}",
        f"https://hook.eu1.make.com/{CANARY}", f"/webhook\nhttp://h/{CANARY}", f"the secret is {CANARY}",
        f"secret: {CANARY}", f"mein Geheimnis ist {CANARY}", f"Zugangsdaten: ann / {CANARY}", f"WPA2: {CANARY}",
        f"my password's {CANARY}", f"my pass is {CANARY}", f"the wifi key is {CANARY}", f"der WLAN Schlüssel ist {CANARY}",
    ],
)  # fmt: skip
def test_a_secret_is_found_in_whatever_dress(text):
    assert CANARY not in cover(text)


@pytest.mark.parametrize("text", ["the code for the alarm is 4711", "der Code der Alarmanlage ist 4711"])
def test_a_code_is_known_by_what_it_opens(text):
    assert "4711" not in cover(text)


@pytest.mark.parametrize(
    "text",
    [
        "read https://docs.github.com/en/webhooks/about-webhooks", "the code for the door is broken", "my login is ann",
        "the secret is patience", "das Geheimnis ist Liebe", "post it to secret:discord-ab12cd34", "discord.com is down",
        "see discord.com/channels/1/2", "the wifi key is under the doormat", "the login page: https://example.com/a1",
        "my credentials are expired", "the code of the alarm is red",
    ],
)  # fmt: skip
def test_words_about_secrets_are_none(text):
    assert find(text) == ()


@pytest.mark.parametrize(
    "part", ["discord.", "https://a/hooks/", "hooks/a/", "webhook ", "secret is ", "code for the "]
)
def test_long_texts_are_read_in_time(part):
    assert all(span.end > span.start for span in find(part * 1_500))
