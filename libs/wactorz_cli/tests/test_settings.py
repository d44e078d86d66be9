"""Where the command finds Wactorz."""

import pytest

from wactorz_cli.settings import CommandSettings


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"WACTORZ_HTTP_PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"WACTORZ_URL": "https://home.lan/", "WACTORZ_HTTP_PORT": "9000"}, "https://home.lan"),
    ],
)
def test_address(monkeypatch, environment, address):
    for name in ("WACTORZ_URL", "WACTORZ_HTTP_PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert CommandSettings().address == address


def test_token_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "token").write_text("secret\n")
    monkeypatch.setenv("WACTORZ_API_TOKEN_FILE", str(tmp_path / "token"))
    settings = CommandSettings()
    assert settings.api_token.get_secret_value() == "secret"
    assert "secret" not in repr(settings)
