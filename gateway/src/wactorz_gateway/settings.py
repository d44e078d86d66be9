"""Where the gateway listens and who may speak to it."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from wactorz_common.connection import Broker
from wactorz_common.settings import AgentSettings

_NAME = re.compile(r"[\w][\w .@-]{0,63}")
_SHORTEST_TOKEN = 8


class GatewaySettings(AgentSettings):
    """Settings of the gateway."""

    http_bind: str = Field(
        "127.0.0.1",
        validation_alias="WACTORZ_HTTP_BIND",
        description="Address to listen on; any other than loopback needs an owner's account, or a token",
    )
    http_port: int = Field(8080, ge=0, lt=65536, validation_alias="WACTORZ_HTTP_PORT", description="Port to listen on")
    http_public_bind: str = Field(
        "", validation_alias="WACTORZ_HTTP_PUBLIC_BIND", description="Where a proxy in front listens, if there is one"
    )
    http_trusted_proxy: str = Field(
        "",
        validation_alias="WACTORZ_HTTP_TRUSTED_PROXY",
        description="Host name of that proxy, whose `X-Real-IP` tells who calls",
    )
    http_hosts: str = Field(
        "",
        validation_alias="WACTORZ_HTTP_HOSTS",
        description="Further host names that requests may carry, with commas between",
    )
    api_token: SecretStr = Field(
        SecretStr(""),
        validation_alias="WACTORZ_API_TOKEN",
        description="Token that lets in as owner: as bearer, `X-API-Key`, or password in a browser's login",
    )
    http_owner: str = Field(
        "owner",
        min_length=1,
        max_length=64,
        validation_alias="WACTORZ_HTTP_OWNER",
        description="Who comes in with that token, or over loopback without one, as policies and the audit log say",
    )
    http_persons: SecretStr = Field(
        SecretStr(""),
        validation_alias="WACTORZ_HTTP_PERSONS",
        description="Further persons, admins, each with a token of their own, as `ann:token, ben:token`",
    )

    http_page: str = Field(
        "",
        validation_alias="WACTORZ_HTTP_PAGE",
        description="Folder of the built dashboard; without one `/` shows the plain page, which is always at `/plain`",
    )
    http_stop_when_gone: bool = Field(
        True,
        validation_alias="WACTORZ_HTTP_STOP_WHEN_GONE",
        description="Whether an answer that is streamed is stopped when its reader goes away",
    )

    http_idle_seconds: float = Field(
        20.0,
        gt=0,
        le=3600,
        validation_alias="WACTORZ_HTTP_IDLE_SECONDS",
        description="Seconds that a client may let the gateway wait for the rest of a request, or for the next one",
    )
    http_connections: int = Field(
        128,
        ge=1,
        validation_alias="WACTORZ_HTTP_CONNECTIONS",
        description="Connections that one address may have open; this machine itself may have 16 times as many",
    )

    graph_url: str = Field(
        "",
        validation_alias="FUSEKI_URL",
        description="Address of a graph store that speaks SPARQL, such as Fuseki, `http://127.0.0.1:3030`; empty: none",
    )
    graph_user: str = Field("", validation_alias="FUSEKI_USER", description="Login at the graph store; empty: none")
    graph_password: SecretStr = Field(
        SecretStr(""), validation_alias="FUSEKI_PASSWORD", description="Password of that login"
    )

    mqtt_door_port: int = Field(
        0, ge=0, lt=65536,
        validation_alias="WACTORZ_MQTT_DOOR_PORT",
        description="Port of the broker for programs that come in at `/mqtt` with a login of it; 0: as `MQTT_PORT`",
    )  # fmt: skip
    ear_username: str = Field(
        "",
        validation_alias="WACTORZ_EAR_USERNAME",
        description="Broker user with whom the gateway listens for live data; empty: its own",
    )
    ear_password: SecretStr = Field(
        SecretStr(""), validation_alias="WACTORZ_EAR_PASSWORD", description="Password of that user"
    )

    @field_validator("http_persons")
    @classmethod
    def _names_with_tokens(cls, value: SecretStr) -> SecretStr:
        """Every entry must be a name and a token that is not easily guessed."""
        for name, token in _entries(value):
            if not _NAME.fullmatch(name) or len(token) < _SHORTEST_TOKEN:
                raise ValueError(
                    f"write name:token with commas between; a token has at least {_SHORTEST_TOKEN} characters"
                )
        return value

    @field_validator("graph_url")
    @classmethod
    def _address_of_a_server(cls, value: str) -> str:
        """Only a place: a password has a setting of its own."""
        url = urlsplit(value.strip())
        if value.strip() and not (url.scheme in ("http", "https") and url.hostname and not url.username):
            raise ValueError(
                "write http:// or https:// with a host, and no user: FUSEKI_USER and FUSEKI_PASSWORD tell it"
            )
        if url.query or url.fragment:
            raise ValueError("an address has no ? and no #")
        return value.strip()

    def door(self, broker: Broker) -> Broker:
        """The broker as programs reach it that come in at `/mqtt`."""
        return replace(broker, port=self.mqtt_door_port or broker.port)

    def ear(self, broker: Broker) -> Broker:
        """The broker as the gateway reaches it to listen for live data."""
        if not self.ear_username:
            return broker
        return Broker(broker.host, broker.port, self.ear_username, self.ear_password.get_secret_value().strip())

    @property
    def persons(self) -> dict[str, str]:
        """The token of each further person, by name."""
        return dict(_entries(self.http_persons))

    @property
    def reachable_at(self) -> str:
        """The address that other programs come in by: the proxy's, when there is one."""
        return self.http_public_bind.strip() or self.http_bind

    @property
    def token(self) -> str:
        """The API token; empty when none is set."""
        return self.api_token.get_secret_value().strip()


def _entries(persons: SecretStr) -> list[tuple[str, str]]:
    parts = [entry.partition(":") for entry in persons.get_secret_value().split(",") if entry.strip()]
    return [(name.strip(), token.strip()) for name, _, token in parts]
