"""Who the command comes as."""

import json
import stat

import pytest

from wactorz_cli.credentials import Login, forget_login, keep_login, kept_login, token_for
from wactorz_cli.settings import CommandSettings


@pytest.fixture
def settings_of(monkeypatch, tmp_path):
    for name in ("WACTORZ_URL", "WACTORZ_HTTP_PORT", "WACTORZ_API_TOKEN", "WACTORZ_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    secrets = tmp_path / "state" / "wactorz" / "secrets"
    secrets.mkdir(parents=True)
    (secrets / "local-token").write_text("wzl_local\n")

    def make(**environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, str(value))
        return CommandSettings()

    make.state = tmp_path / "state" / "wactorz"
    return make


def test_the_setting_wins_then_the_login_then_the_machines_own(settings_of):
    settings = settings_of()
    assert token_for(settings) == "wzl_local"
    keep_login(settings, Login(settings.address, "ann", "1", "wz_kept"))
    assert token_for(settings) == "wz_kept"
    assert token_for(settings_of(WACTORZ_API_TOKEN="given")) == "given"
    forget_login(settings)
    forget_login(settings)
    assert token_for(settings) == "wzl_local"


def test_a_login_is_for_its_address_and_its_user(settings_of):
    settings = settings_of()
    keep_login(settings, Login(settings.address, "ann", "1", "wz_kept"))
    (file,) = (settings.config_dir / "wactorz").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "wz_kept" not in repr(kept_login(settings))
    other = settings_of(WACTORZ_URL="https://home.lan")
    assert kept_login(other) is None
    assert token_for(other) == ""
    file.write_text(json.dumps({"url": 1}))
    assert kept_login(settings) is None


@pytest.mark.parametrize(
    ("url", "named", "sent"),
    [("http://127.0.0.1:9000", True, True), ("http://localhost:9000", True, True), ("http://127.0.0.1:9000", False, False),
     ("http://192.168.1.5:8080", True, False), ("https://home.lan", True, False), ("nonsense", True, False)],
)  # fmt: skip
def test_the_machines_own_token_goes_nowhere_else(settings_of, url, named, sent):
    more = {"WACTORZ_STATE_DIR": settings_of.state} if named else {}
    assert token_for(settings_of(WACTORZ_URL=url, **more)) == ("wzl_local" if sent else "")


def test_it_is_read_anew(settings_of):
    settings = settings_of()
    assert token_for(settings) == "wzl_local"
    (settings_of.state / "secrets" / "local-token").write_text("wzl_next")
    assert token_for(settings) == "wzl_next"
    (settings_of.state / "secrets" / "local-token").unlink()
    assert token_for(settings) == ""
