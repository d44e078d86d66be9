"""Settings from the environment, read once in the runner and passed on as objects."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from wactorz_common.contracts._channel import first_problem
from wactorz_common.errors import ConfigError

S = TypeVar("S", bound="AgentSettings")


def _plain_topic(topic: str) -> str:
    topic = topic.strip().strip("/")
    if not topic or any(character in topic for character in "+#{}\x00"):
        raise ValueError("it must be a topic without wildcards")
    return topic


PlainTopic = Annotated[str, AfterValidator(_plain_topic)]
"""A setting that names one topic, or the root of several; slashes around it are taken off."""


def default_state_dir() -> Path:
    """Where state lives when WACTORZ_STATE_DIR is not set."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "wactorz"


class AgentSettings(BaseSettings):
    """What every agent needs; a service adds its own fields in a subclass."""

    model_config = SettingsConfigDict(env_ignore_empty=True, populate_by_name=True, extra="ignore")

    state_dir: Path = Field(
        default_factory=default_state_dir,
        validation_alias="WACTORZ_STATE_DIR",
        description="Where state, logs and secrets live",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", validation_alias="WACTORZ_LOG_LEVEL", description="DEBUG, INFO, WARNING or ERROR"
    )
    log_format: Literal["console", "json"] = Field(
        "console", validation_alias="WACTORZ_LOG_FORMAT", description="console or json"
    )
    node: str = Field("", validation_alias="WACTORZ_NODE", description="Name of this machine; empty on the main one")
    heartbeat_seconds: float = Field(
        10.0, gt=0, validation_alias="WACTORZ_HEARTBEAT_SECONDS", description="Seconds between heartbeats"
    )
    health_file: Path | None = Field(
        None, validation_alias="WACTORZ_HEALTH_FILE", description="File that says until when the agent counts as alive"
    )
    failpoints: str = Field("", validation_alias="WACTORZ_FAILPOINTS", description="Places to crash at, for tests")
    mqtt_url: SecretStr | None = Field(
        None,
        validation_alias="WACTORZ_MQTT_URL",
        description="Broker as mqtt://user:password@host:1883; wins over the four below",
    )
    mqtt_host: str = Field("localhost", validation_alias="MQTT_HOST", description="Broker host")
    mqtt_port: int = Field(1883, gt=0, lt=65536, validation_alias="MQTT_PORT", description="Broker port")
    mqtt_username: str = Field("", validation_alias="MQTT_USERNAME", description="Broker user")
    mqtt_password: SecretStr = Field(SecretStr(""), validation_alias="MQTT_PASSWORD", description="Broker password")

    @model_validator(mode="before")
    @classmethod
    def _secrets_from_files(cls, values: dict[str, Any]) -> dict[str, Any]:
        """A secret called NAME may instead be given as NAME_FILE, the path of a file that holds it."""
        for field in cls.model_fields.values():
            alias = str(field.validation_alias or "")
            path = os.environ.get(f"{alias}_FILE") if "SecretStr" in str(field.annotation) else None
            if path and alias not in values:
                values[alias] = _read_secret(alias, Path(path))
        return values

    @model_validator(mode="after")
    def _broker_from_url(self) -> Self:
        if self.mqtt_url is None:
            return self
        url = urlsplit(self.mqtt_url.get_secret_value())
        if url.scheme != "mqtt" or not url.hostname:
            raise ValueError("WACTORZ_MQTT_URL must look like mqtt://user:password@host:1883")
        self.mqtt_host, self.mqtt_port = url.hostname, url.port or 1883
        self.mqtt_username = unquote(url.username or self.mqtt_username)
        if url.password:
            self.mqtt_password = SecretStr(unquote(url.password))
        return self

    def agent_dir(self, name: str) -> Path:
        """The folder that holds the state of the agent called `name`."""
        return self.state_dir / "state" / name


class HomeAssistantSettings(AgentSettings):
    """What the Home Assistant services need besides."""

    ha_url: str = Field(
        "http://localhost:8123",
        validation_alias="HA_URL",
        description="Home Assistant; without it the demo home answers",
    )
    ha_token: SecretStr = Field(
        SecretStr(""), validation_alias="HA_TOKEN", description="Long-lived access token of Home Assistant"
    )


def load(settings_class: type[S]) -> S:
    """Read settings from the environment; a ConfigError names the variable that is wrong."""
    try:
        return settings_class()
    except ValidationError as error:
        raise ConfigError(f"A setting is wrong: {first_problem(error)}") from error


def _read_secret(name: str, path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise ConfigError(f"The file named by {name}_FILE cannot be read: {error.strerror}") from error
