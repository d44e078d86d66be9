"""Which broker the system uses: the one that the settings name, or a private Mosquitto of its own."""

import hashlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from wactorz_common.bus import Broker
from wactorz_common.errors import ConfigError
from wactorz_edge import broker_install
from wactorz_edge.layout import Layout
from wactorz_edge.mqtt_probe import check_login
from wactorz_edge.record import write_atomically
from wactorz_edge.settings import EdgeSettings

USERNAME = "wactorz"

_PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/sbin", "/opt/homebrew/bin")


@dataclass(frozen=True)
class BrokerPlan:
    """Where the broker is, where its password lies, and how to start it; no command when it is not ours."""

    broker: Broker
    password_file: Path
    command: tuple[str, ...] = ()

    @property
    def env(self) -> dict[str, str]:
        """What every service needs to log in."""
        given = {"MQTT_HOST": self.broker.host, "MQTT_PORT": str(self.broker.port)}
        if self.broker.username:
            given["MQTT_USERNAME"] = self.broker.username
        if self.broker.password:
            given["MQTT_PASSWORD_FILE"] = str(self.password_file)
        return given


def choose(settings: EdgeSettings, layout: Layout, port: int, installing: Callable[[], None]) -> BrokerPlan:
    """The broker to use; `port` is for a private one. ConfigError says what to do when there is none.

    `installing` is called before the package manager is asked, which may take minutes.
    """
    password_file = layout.secrets_dir / "mqtt_password"
    if settings.mqtt_url is not None:
        return _external(settings, password_file)
    program = find("mosquitto")
    if not program:
        installing()
        program = broker_install.install() or find("mosquitto")
    if not program:
        raise ConfigError(
            "No MQTT broker was found. Install Mosquitto (for example: apt-get install mosquitto), "
            "or set WACTORZ_MQTT_URL=mqtt://user:password@host:1883"
        )
    password = secret(password_file)
    config = configure(layout.broker_dir, port, password)
    broker = Broker("127.0.0.1", port, USERNAME, password)
    return BrokerPlan(broker, password_file, (program, "-c", str(config)))


def find(program: str) -> str:
    """The path of a program, also where the PATH of a plain user does not lead; empty when it is not installed."""
    places = os.pathsep.join((os.environ.get("PATH", ""), *_PLACES))
    return shutil.which(program, path=places) or ""


def _external(settings: EdgeSettings, password_file: Path) -> BrokerPlan:
    password = settings.mqtt_password.get_secret_value()
    broker = Broker(settings.mqtt_host, settings.mqtt_port, settings.mqtt_username, password)
    problem = check_login(broker.host, broker.port, broker.username, password)
    if problem:
        raise ConfigError(
            f"The MQTT broker at {broker} (WACTORZ_MQTT_URL) {problem}. "
            "Start or correct it, or unset WACTORZ_MQTT_URL to use a private one"
        )
    password_file = password_file.with_name("external_mqtt_password")
    write_atomically(password_file, password.encode())
    return BrokerPlan(broker, password_file)


def secret(path: Path) -> str:
    """A generated secret, made at the first start and readable by this user only."""
    if path.exists():
        return path.read_text().strip()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    password = secrets.token_urlsafe(24)
    write_atomically(path, password.encode())
    return password


def configure(folder: Path, port: int, password: str) -> Path:
    """Write configuration and password file of a private broker; the path of the configuration."""
    hashed = folder / "passwords"
    _write_password_file(hashed, password)
    lines = [
        resources.files("wactorz_edge").joinpath("mosquitto.conf").read_text(),
        f"listener {port} 127.0.0.1",
        "max_connections 500",
        "allow_anonymous false",
        "allow_zero_length_clientid false",
        f"password_file {hashed}",
        f"persistence_location {folder}/",
    ]
    if os.getuid() == 0:
        lines.append("user root")
    config = folder / "mosquitto.conf"
    write_atomically(config, ("\n".join(lines) + "\n").encode())
    return config


def _write_password_file(path: Path, password: str) -> None:
    """Hash the password with Mosquitto's own tool, once; the password is not shown in the process list."""
    stamp = path.with_name("passwords.for")
    wanted = _fingerprint(password)
    if path.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    tool = find("mosquitto_passwd")
    if not tool:
        raise ConfigError("mosquitto_passwd is missing although mosquitto is installed: reinstall Mosquitto")
    write_atomically(path, f"{USERNAME}:{password}\n".encode())
    done = subprocess.run([tool, "-U", str(path)], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        path.unlink(missing_ok=True)
        raise ConfigError(f"mosquitto_passwd failed: {done.stderr.strip() or done.stdout.strip()}")
    path.chmod(0o600)
    write_atomically(stamp, wanted.encode())


def _fingerprint(password: str) -> str:
    """Tells whether the hashed file belongs to this password; salted, so that it gives nothing away."""
    return hashlib.scrypt(password.encode(), salt=b"wactorz-broker", n=1024, r=8, p=1, dklen=16).hex()
