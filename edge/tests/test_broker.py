"""Which broker is used."""

import os
import stat
from pathlib import Path

import pytest

from wactorz_common.errors import ConfigError
from wactorz_common.settings import load
from wactorz_edge import broker
from wactorz_edge.layout import Layout
from wactorz_edge.settings import EdgeSettings

HASHER = """#!/bin/sh
sed -i 's/:.*/:$7$hashed/' "$2"
echo hashed >> {log}
"""


@pytest.fixture
def layout(tmp_path):
    layout = Layout(tmp_path / "state")
    assert layout.prepare() == ""
    return layout


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A machine whose Mosquitto is a pair of small scripts."""
    folder, log = tmp_path / "bin", tmp_path / "hasher.log"
    folder.mkdir()
    for name, text in (("mosquitto", "#!/bin/sh\n"), ("mosquitto_passwd", HASHER.format(log=log))):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder, log


def test_a_private_broker_has_a_password_that_no_process_shows(layout, programs):
    plan = broker.choose(EdgeSettings(), layout, 21000, INSTALLS_NOTHING)
    assert plan.command[0] == str(programs[0] / "mosquitto")
    password = plan.password_file.read_text()
    assert len(password) >= 24
    assert password not in " ".join(plan.command)
    assert plan.env == {
        "MQTT_HOST": "127.0.0.1", "MQTT_PORT": "21000", "MQTT_USERNAME": "wactorz",
        "MQTT_PASSWORD_FILE": str(plan.password_file),
    }  # fmt: skip
    assert (layout.broker_dir / "passwords").read_text() == "wactorz:$7$hashed\n"


def test_its_configuration_is_that_of_the_product_and_private(layout, programs):
    config = Path(broker.choose(EdgeSettings(), layout, 21000, INSTALLS_NOTHING).command[2])
    lines = config.read_text().splitlines()
    assert "listener 21000 127.0.0.1" in lines
    assert "allow_anonymous false" in lines
    assert "set_tcp_nodelay true" in lines
    assert "max_packet_size 1048576" in lines
    assert ("user root" in lines) is (os.getuid() == 0)
    for path in (config, layout.broker_dir / "passwords", layout.secrets_dir / "mqtt_password"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_password_and_hash_are_made_once(layout, programs):
    first = broker.choose(EdgeSettings(), layout, 21000, INSTALLS_NOTHING).broker.password
    assert broker.choose(EdgeSettings(), layout, 21000, INSTALLS_NOTHING).broker.password == first
    assert programs[1].read_text() == "hashed\n"
    (layout.secrets_dir / "mqtt_password").write_text("another")
    broker.choose(EdgeSettings(), layout, 21000, INSTALLS_NOTHING)
    assert programs[1].read_text() == "hashed\nhashed\n"


def test_a_configured_broker_is_used_and_none_is_started(layout, monkeypatch):
    monkeypatch.setenv("WACTORZ_MQTT_URL", "mqtt://me:pass%40word@broker.example:1999")
    monkeypatch.setattr(broker, "check_login", lambda *login: "" if login == LOGIN else f"got {login}")
    plan = broker.choose(load(EdgeSettings), layout, 21000, INSTALLS_NOTHING)
    assert plan.command == ()
    assert str(plan.broker) == "broker.example:1999"
    assert plan.password_file.read_text() == "pass@word"


INSTALLS_NOTHING = [].clear
LOGIN = ("broker.example", 1999, "me", "pass@word")


def test_a_configured_broker_that_refuses_is_named_without_the_password(layout, monkeypatch):
    monkeypatch.setenv("WACTORZ_MQTT_URL", "mqtt://me:canary@broker.example")
    monkeypatch.setattr(broker, "check_login", lambda *_: "refuses the user name or password")
    with pytest.raises(ConfigError, match=r"broker\.example:1883") as refused:
        broker.choose(load(EdgeSettings), layout, 21000, INSTALLS_NOTHING)
    assert "canary" not in str(refused.value)


def test_no_broker_possible_says_what_to_install(layout, monkeypatch):
    monkeypatch.setattr(broker, "find", lambda _: "")
    monkeypatch.setattr(broker.broker_install, "install", lambda: "")
    told = []
    with pytest.raises(ConfigError, match="apt-get install mosquitto"):
        broker.choose(EdgeSettings(), layout, 21000, lambda: told.append("installing"))
    assert told == ["installing"]


def test_a_missing_hasher_is_named(layout, programs):
    (programs[0] / "mosquitto_passwd").write_text("#!/bin/sh\necho broken >&2; exit 3\n")
    with pytest.raises(ConfigError, match="broken"):
        broker.choose(EdgeSettings(), layout, 21000, INSTALLS_NOTHING)
    assert not (layout.broker_dir / "passwords").exists()


def test_programs_are_found_where_the_path_does_not_lead(monkeypatch, tmp_path):
    (tmp_path / "tool").write_text("")
    (tmp_path / "tool").chmod(0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    assert broker.find("tool") == ""
    monkeypatch.setattr(broker, "_PLACES", (str(tmp_path),))
    assert broker.find("tool") == str(tmp_path / "tool")
