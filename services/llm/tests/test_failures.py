import pytest

from wactorz_llm.provider import TokenUsage
from wactorz_llm.providers.failures import Trouble, Vendor, asked_wait, failure, from_status

VENDOR = Vendor("Acme", "ACME_KEY", "ACME_URL")


@pytest.mark.parametrize(
    ("status", "kind", "again"),
    [
        (400, "request", False), (401, "key", False), (402, "limit", True), (403, "key", False), (404, "model", False),
        (408, "timeout", True), (409, "overloaded", True), (413, "request", False), (422, "request", False),
        (429, "limit", True), (500, "server", True), (502, "server", True), (503, "overloaded", True),
        (504, "server", True), (529, "overloaded", True),
    ],
)  # fmt: skip
def test_statuses(status, kind, again):
    told = failure(VENDOR, from_status(status, "words"), "m", TokenUsage(1))
    assert (told.kind, told.again, told.usage) == (kind, again, TokenUsage(1))
    assert "Acme" in str(told)


def test_the_providers_own_kind_wins():
    assert from_status(200, "", kind="overloaded").kind == "overloaded"


@pytest.mark.parametrize(
    ("status", "reason"),
    [(400, "Your credit balance is too low"), (429, "You exceeded your current quota"), (429, "insufficient_quota")],
)
def test_an_empty_account_is_not_asked_again(status, reason):
    told = failure(VENDOR, from_status(status, reason, {"retry-after": "3"}), "m", TokenUsage())
    assert (told.kind, told.again, told.retry_after, told.elsewhere) == ("limit", False, None, True)
    assert reason in str(told)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None), ({"retry-after": "7"}, 7), ({"retry-after": "-1"}, 0), ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25), ({"retry-after-ms": "x", "retry-after": "1"}, 1),
    ],
)  # fmt: skip
def test_time_to_wait(headers, seconds):
    assert asked_wait(headers) == seconds


def test_sentences_name_the_setting_to_look_at():
    def told(trouble, vendor=VENDOR):
        return str(failure(vendor, trouble, "big-1", TokenUsage()))

    assert "ACME_KEY" in told(Trouble("key", 401))
    assert "Check what the key in ACME_KEY may do" in told(Trouble("key", 403, "No entry"))
    assert "'big-1'" in told(Trouble("model"))
    assert "ACME_URL" in told(Trouble("network"))
    assert "without a key" in told(Trouble("key", 401), Vendor("Acme"))
    assert "no reason given" in told(Trouble("request", 400))


@pytest.mark.parametrize(("kind", "elsewhere"), [("request", False), ("length", False), ("key", True), ("model", True)])
def test_another_provider_may_help(kind, elsewhere):
    assert failure(VENDOR, Trouble(kind), "m", TokenUsage()).elsewhere is elsewhere
