"""Google Gemini through its own SDK."""

from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from pydantic import SecretStr

from wactorz_common.contracts.llm import Completion
from wactorz_llm.provider import Tier
from wactorz_llm.providers.draft import AnswerDraft
from wactorz_llm.providers.failures import Trouble, Vendor, from_status
from wactorz_llm.providers.gemini_wire import GeminiReader, Signatures, as_dict, parameters
from wactorz_llm.providers.sdk import CONNECT_SECONDS, SILENCE_SECONDS, SdkProvider

VENDOR = Vendor("Gemini", "GEMINI_API_KEY", "GEMINI_BASE_URL")
MODELS: Mapping[Tier, str] = {"": "gemini-2.5-flash", "fast": "gemini-2.5-flash-lite", "smart": "gemini-2.5-pro"}


class GeminiProvider(SdkProvider):
    """Speaks to the Gemini API."""

    name = "gemini"
    own_url = "https://generativelanguage.googleapis.com"
    noisy = ("google_genai",)

    def __init__(
        self, key: SecretStr, base_url: str = "", models: Mapping[Tier, str] = MODELS, vendor: Vendor = VENDOR
    ) -> None:
        super().__init__(vendor, key, base_url, models)
        self._signatures = Signatures()
        self._http: Any = None

    def _load(self) -> None:
        from google import genai  # noqa: F401, PLC0415  # lazily: it is the heaviest of all

    def _make_client(self, key: str) -> Any:
        import httpx2  # noqa: PLC0415
        from google import genai  # noqa: PLC0415

        async def shorten_connect(request: httpx2.Request) -> None:
            request.extensions["timeout"]["connect"] = CONNECT_SECONDS

        # a client of our own: with aiohttp installed the SDK would use that, and repeat lost requests on its own
        self._http = httpx2.AsyncClient(event_hooks={"request": [shorten_connect]})
        options = genai.types.HttpOptions(
            base_url=self.base_url,
            timeout=int(SILENCE_SECONDS * 1000),
            httpx_async_client=self._http,
        )
        return genai.Client(api_key=key, vertexai=False, http_options=options)

    def _body(self, request: Completion) -> dict[str, Any]:
        return parameters(request, self._signatures)

    async def _read(self, client: Any, body: dict[str, Any], draft: AnswerDraft) -> None:
        reader = GeminiReader(draft, self._signatures)
        async with aclosing(await client.aio.models.generate_content_stream(**body)) as chunks:
            async for chunk in chunks:
                reader.feed(as_dict(chunk))

    async def _close(self, client: Any) -> None:
        client.close()
        await client.aio.aclose()
        await self._http.aclose()

    def _trouble(self, error: Exception) -> Trouble | None:
        from google.genai import errors  # noqa: PLC0415

        if not isinstance(error, errors.APIError):
            return None
        status, reason = int(error.code or 500), str(error.message or "")
        if status == 400 and "api key" in reason.lower():  # noqa: PLR2004  # HTTP status
            return Trouble("key", status, reason)
        headers = dict(getattr(error.response, "headers", None) or {})
        headers.setdefault("retry-after", _retry_delay(error.details))
        return from_status(status, reason, headers)


def _retry_delay(details: Any) -> str:
    """Seconds that a RetryInfo asks for; empty without one."""
    error = details.get("error", details) if isinstance(details, dict) else {}
    for detail in error.get("details") or () if isinstance(error, dict) else ():
        if isinstance(detail, dict) and str(detail.get("@type", "")).endswith("RetryInfo"):
            return str(detail.get("retryDelay", "")).removesuffix("s")
    return ""
