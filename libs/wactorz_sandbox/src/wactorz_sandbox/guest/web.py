"""HTTP, for the hosts that an agent was granted."""

import json
from typing import Any
from urllib.parse import urlencode

from wactorz_sandbox.guest.awaitables import Later
from wactorz_sandbox.guest.port import AgentError, Port
from wactorz_sandbox.guest.values import encode


class Response:
    """The answer of a web server."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.status = int(answer.get("status", 0))
        self.status_code = self.status
        self.headers = {str(key).lower(): value for key, value in (answer.get("headers") or {}).items()}
        self.text = str(answer.get("body", ""))
        self.content = self.text.encode()

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status < 400  # noqa: PLR2004 (as HTTP numbers failures)

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)

    def raise_for_status(self) -> "Response":
        """Raise AgentError for a status of 400 and above."""
        if not self.ok:
            raise AgentError(f"the server answered with status {self.status}")
        return self


class Web:
    """Calls web servers through the host, which knows the granted ones."""

    def __init__(self, port: Port) -> None:
        self._port = port

    def get(self, url: str, params: dict[str, Any] | None = None, **options: Any) -> Later:
        """GET a page."""
        return self.request("GET", url, params=params, **options)

    def post(self, url: str, **options: Any) -> Later:
        """POST a `json` value, or `data`."""
        return self.request("POST", url, **options)

    def request(
        self, method: str, url: str, *, params: dict[str, Any] | None = None, headers: dict[str, str] | None = None,
        json: Any = None, data: Any = None, timeout: float = 30,
    ) -> Later:  # fmt: skip
        """Call a web server; gives a Response, or raises AgentError."""
        sent = {str(key): str(value) for key, value in (headers or {}).items()}
        body, kind = _body(json, data)
        if kind and "content-type" not in {key.lower() for key in sent}:
            sent["Content-Type"] = kind
        if params:
            url += ("&" if "?" in url else "?") + urlencode(params)
        args = {"method": method.upper(), "url": url, "headers": sent, "body": body, "timeout": timeout}
        return Later(self._port.request("http", args), Response, None)


def _body(value: Any, data: Any) -> tuple[str, str]:
    if value is not None:
        return encode(value), "application/json"
    if isinstance(data, dict):
        return urlencode(data), "application/x-www-form-urlencoded"
    return (data.decode() if isinstance(data, bytes) else str(data or "")), ""
