"""Where the gateway listens and who may speak to it."""

from pydantic import Field, SecretStr

from wactorz_common.settings import AgentSettings


class GatewaySettings(AgentSettings):
    """Settings of the gateway."""

    http_bind: str = Field(
        "127.0.0.1",
        validation_alias="WACTORZ_HTTP_BIND",
        description="Address to listen on; any other than loopback needs a token",
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
        description="Token for every route but the probes: as bearer, `X-API-Key`, or password in a browser's login",
    )

    @property
    def reachable_at(self) -> str:
        """The address that other programs come in by: the proxy's, when there is one."""
        return self.http_public_bind.strip() or self.http_bind

    @property
    def token(self) -> str:
        """The API token; empty when none is set."""
        return self.api_token.get_secret_value().strip()
