import json

import pytest

from wactorz_common.errors import Refused, StoreError
from wactorz_common.sealing import seal
from wactorz_notifier.vault import Place, Vault

URL = "https://discord.com/api/webhooks/1/abcdefghijklm"


def place(vault, name, at=1.0, service="discord", url=URL):
    return Place(name=name, service=service, url=seal("secret:x", service, url, vault.key), stored_at=at)


def test_places_are_found_by_name_then_service_and_the_oldest_is_the_usual_one(tmp_path):
    vault = Vault(tmp_path)
    assert vault.place("") is None
    vault.set_place(place(vault, "family", 1.0))
    vault.set_place(place(vault, "discord", 2.0))
    vault.set_place(place(vault, "work", 3.0, "slack"))
    assert vault.place("").name == "family"
    assert vault.place("Discord").name == "discord"
    assert vault.place("slack").name == "work"
    assert vault.place("nowhere") is None
    assert [(one.name, one.usual, one.problem) for one in vault.targets({"work": "down"})] == [
        ("family", True, ""), ("discord", False, ""), ("work", False, "down"),
    ]  # fmt: skip
    vault.remove_place("family")
    assert vault.place("").name == "discord"
    with pytest.raises(Refused, match="there is discord, work"):
        vault.remove_place("family")


def test_another_url_for_a_place_leaves_it_the_usual_one(tmp_path):
    vault = Vault(tmp_path)
    vault.set_place(place(vault, "one", 1.0))
    vault.set_place(place(vault, "two", 2.0))
    vault.set_place(place(vault, "ONE", 9.0, url=f"{URL}-new"))
    assert [one.name for one in vault.places()] == ["ONE", "two"]
    assert vault.url_of(vault.place("one")) == f"{URL}-new"


def test_files_are_private_and_hold_nothing_in_clear(tmp_path):
    vault = Vault(tmp_path)
    vault.set_place(place(vault, "one"))
    vault.store(seal("secret:t-1", "token", "abcdefghijklm", vault.key), "note")
    for file in tmp_path.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
        assert "abcdefghijklm" not in file.read_text()
    assert "abcdefghijklm" not in repr(vault.place("one"))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["vault.json", "vault.key"]
    again = Vault(tmp_path)
    assert again.key == vault.key
    assert again.url_of(again.place("one")) == URL
    assert again.entries()[0].reference == "secret:t-1"
    again.forget("secret:t-1")
    again.forget("secret:t-1")
    assert Vault(tmp_path).entries() == ()


def test_what_was_sealed_for_another_key_is_refused(tmp_path):
    vault, other = Vault(tmp_path / "a"), Vault(tmp_path / "b")
    with pytest.raises(Refused, match="enter it again"):
        vault.store(seal("secret:t-1", "token", "x", other.key), "")
    assert vault.entries() == ()


def test_a_file_that_cannot_be_read_is_not_written_over(tmp_path):
    Vault(tmp_path)
    (tmp_path / "vault.json").write_text("{")
    with pytest.raises(StoreError, match="restore it from a backup"):
        Vault(tmp_path)
    (tmp_path / "vault.json").write_text(json.dumps({"version": 2}))
    with pytest.raises(StoreError, match="install the newer program"):
        Vault(tmp_path)
