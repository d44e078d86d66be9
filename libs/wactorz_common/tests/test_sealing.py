"""Secrets are read by the vault alone."""

import stat

import pytest

from wactorz_common.errors import ConfigError, Refused
from wactorz_common.sealing import Opener, seal

SECRET = "https://discord.com/api/webhooks/1/abcdef"  # an example


@pytest.fixture
def opener(tmp_path):
    return Opener.load(tmp_path / "vault_key")


def test_the_vault_reads_what_was_sealed_for_it(opener):
    sealed = seal("secret:discord-1", "discord", SECRET, opener.vault_key)
    assert opener.open(sealed) == SECRET
    assert SECRET not in sealed.encode().decode()
    assert seal("secret:discord-1", "discord", SECRET, opener.vault_key).sealed != sealed.sealed


def test_nobody_else_reads_it(opener, tmp_path):
    sealed = seal("secret:discord-1", "discord", SECRET, opener.vault_key)
    with pytest.raises(Refused, match="enter it again"):
        Opener.load(tmp_path / "another").open(sealed)


@pytest.mark.parametrize(
    "change", [{"reference": "secret:slack-1"}, {"sealed": "AAAA"}, {"sealed": "no base64"}, {"sealed": ""}]
)
def test_what_was_changed_on_its_way_is_refused(opener, change):
    sealed = seal("secret:discord-1", "discord", SECRET, opener.vault_key)
    with pytest.raises(Refused):
        opener.open(sealed.model_copy(update=change))


def test_the_key_is_kept_for_this_user_only(tmp_path):
    first = Opener.load(tmp_path / "keys" / "vault_key")
    assert Opener.load(tmp_path / "keys" / "vault_key").vault_key == first.vault_key
    assert stat.S_IMODE((tmp_path / "keys" / "vault_key").stat().st_mode) == 0o600
    (tmp_path / "keys" / "vault_key").write_text("junk")
    with pytest.raises(ConfigError, match="cannot be used"):
        Opener.load(tmp_path / "keys" / "vault_key")
