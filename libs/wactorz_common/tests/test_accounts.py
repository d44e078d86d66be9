"""How a spawned agent logs in."""

import hashlib
import hmac

import pytest

from wactorz_common.accounts import guest_client_id, guest_password, guest_slug, guest_user


def test_a_plain_name_is_its_own_slug():
    assert guest_slug("heating-watch") == "heating-watch"
    assert guest_user("heating-watch") == "agent-heating-watch"
    assert guest_client_id("heating-watch") == "wactorz-agent-heating-watch"


@pytest.mark.parametrize("name", ["Heating Watch", "heizung_küche", "火", "x" * 64, "-a", "a-", "A"])
def test_other_names_get_a_readable_slug_of_plain_characters(name):
    slug = guest_slug(name)
    assert 0 < len(slug) <= 32
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug.strip("-") == slug


def test_names_that_look_alike_do_not_share_an_account():
    names = ["Heating Watch", "heating watch", "heating-watch", "heating_watch", "heating.watch", "HEATING-WATCH"]
    assert len({guest_user(name) for name in names}) == len(names)
    assert len({guest_client_id("x" * length) for length in range(1, 65)}) == 64


def test_the_password_is_derived_from_the_secret_and_the_agents_id():
    expected = hmac.new(b"s3cret", b"agent:20260101T000000.0000Z-a", hashlib.sha256).hexdigest()
    assert guest_password("s3cret", "20260101T000000.0000Z-a") == expected
    assert guest_password(" s3cret\n", "20260101T000000.0000Z-a") == expected
    assert guest_password("other", "20260101T000000.0000Z-a") != expected
    assert guest_password("s3cret", "20260101T000000.0000Z-b") != expected
