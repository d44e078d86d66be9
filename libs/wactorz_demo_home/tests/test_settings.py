import stat

import pytest

from wactorz_demo_home.errors import DemoHomeError
from wactorz_demo_home.settings import DemoHomeSettings


def test_everything_comes_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("WACTORZ_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("WACTORZ_DEMO_HOME_PORT", "8124")
    monkeypatch.setenv("WACTORZ_DEMO_HOME_TOKEN", "secret")
    monkeypatch.setenv("WACTORZ_DEMO_HOME_ENTITIES", "1000")
    settings = DemoHomeSettings()
    assert (settings.host, settings.port, settings.folder) == ("127.0.0.1", 8124, tmp_path / "demo-home")
    assert settings.entities == 1000
    assert settings.secret_token() == "secret"
    assert "secret" not in repr(settings)


def test_a_token_is_made_once_and_kept_private(tmp_path, monkeypatch):
    monkeypatch.delenv("WACTORZ_DEMO_HOME_TOKEN", raising=False)
    settings = DemoHomeSettings(state_dir=tmp_path)
    token = settings.secret_token()
    assert len(token) >= 32
    assert settings.secret_token() == token
    assert stat.S_IMODE((tmp_path / "demo-home" / "token").stat().st_mode) == 0o600


def test_a_token_from_a_file(tmp_path):
    path = tmp_path / "token"
    path.write_text("from-file\n")
    assert DemoHomeSettings(state_dir=tmp_path, token_file=path).secret_token() == "from-file"
    path.write_text("\n")
    with pytest.raises(DemoHomeError, match="empty"):
        DemoHomeSettings(state_dir=tmp_path, token_file=path).secret_token()
    with pytest.raises(DemoHomeError, match="cannot use its token file"):
        DemoHomeSettings(state_dir=tmp_path, token_file=tmp_path / "none").secret_token()
