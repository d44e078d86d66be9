"""OpenAI, NVIDIA NIM and every endpoint that speaks Chat Completions, through OpenAI's SDK."""

from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from wactorz_common.contracts.llm import Completion
from wactorz_llm.provider import FailureKind, Tier
from wactorz_llm.providers.abilities import takes_of
from wactorz_llm.providers.draft import AnswerDraft
from wactorz_llm.providers.failures import Trouble, Vendor, from_status
from wactorz_llm.providers.openai_wire import OpenAIReader, parameters
from wactorz_llm.providers.sdk import CONNECT_SECONDS, SILENCE_SECONDS, SdkProvider
from wactorz_llm.takes import Takes

OPENAI_VENDOR = Vendor("OpenAI", "OPENAI_API_KEY", "OPENAI_URL")
COMPATIBLE_VENDOR = Vendor("The OpenAI-compatible endpoint", "OPENAI_API_KEY", "OPENAI_URL")
NIM_VENDOR = Vendor("NVIDIA NIM", "NIM_API_KEY", "NIM_URL")
OPENAI_MODELS: Mapping[Tier, str] = {"": "gpt-4o", "fast": "gpt-4o-mini", "smart": "gpt-5.4"}
_NIM_USUAL = "meta/llama-3.3-70b-instruct"
NIM_MODELS: Mapping[Tier, str] = {"": _NIM_USUAL, "fast": "meta/llama-3.1-8b-instruct", "smart": _NIM_USUAL}
_NO_KEY = "none"
_KINDS: Mapping[str, FailureKind] = {
    "model_not_found": "model",
    "invalid_api_key": "key",
    "rate_limit_exceeded": "limit",
    "insufficient_quota": "limit",
    "server_error": "server",
    "overloaded": "overloaded",
}


class OpenAIProvider(SdkProvider):
    """Speaks Chat Completions; without a key where the endpoint needs none."""

    name = "openai"
    own_url = "https://api.openai.com/v1"
    noisy = ("openai",)

    def __init__(
        self,
        key: SecretStr,
        base_url: str = "",
        models: Mapping[Tier, str] = OPENAI_MODELS,
        vendor: Vendor | None = None,
    ) -> None:
        own = not base_url or base_url.rstrip("/") == self.own_url
        super().__init__(vendor or (OPENAI_VENDOR if own else COMPATIBLE_VENDOR), key, base_url, models)
        self._own = own and self.name == "openai"
        self._tells_tokens = True

    def takes(self, model: str) -> Takes:
        """The same; an endpoint of one's own may serve any model."""
        return takes_of(self.name if self._own or self.name != "openai" else "compatible", model, self.sighted)

    def _load(self) -> None:
        import openai  # noqa: PLC0415  # lazily, for the memory of installations without a key
        import openai.resources.chat.completions  # noqa: F401, PLC0415

    def _make_client(self, key: str) -> Any:
        import httpx2  # noqa: PLC0415
        import openai  # noqa: PLC0415

        timeout = httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
        return openai.AsyncOpenAI(
            api_key=key or _NO_KEY, base_url=self.base_url, timeout=timeout, max_retries=0, organization="", project=""
        )

    def _body(self, request: Completion) -> dict[str, Any]:
        return parameters(request, own=self._own, ask_tokens=self._tells_tokens)

    async def _read(self, client: Any, body: dict[str, Any], draft: AnswerDraft) -> None:
        import openai  # noqa: PLC0415

        try:
            await self._read_once(client, body, draft)
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            if "stream_options" not in str(error) or not self._tells_tokens:
                raise
            self._tells_tokens = False  # an endpoint that knows no such option; its tokens are estimates from now on
            await self._read_once(client, {name: body[name] for name in body if name != "stream_options"}, draft)

    async def _read_once(self, client: Any, body: dict[str, Any], draft: AnswerDraft) -> None:
        reader = OpenAIReader(draft)
        async with await client.chat.completions.create(**body) as chunks:
            async for chunk in chunks:
                reader.feed(chunk if isinstance(chunk, dict) else chunk.model_dump())

    def _trouble(self, error: Exception) -> Trouble | None:
        import openai  # noqa: PLC0415

        if isinstance(error, openai.APIStatusError):
            return self._status(error)
        if isinstance(error, openai.APITimeoutError):
            return Trouble("timeout")
        if isinstance(error, openai.APIConnectionError):
            return Trouble("network")
        if isinstance(error, openai.APIError):
            return from_status(500, error.message, kind=_kind(error))
        return None

    def _status(self, error: Any) -> Trouble:
        trouble = from_status(int(error.status_code), _reason(error), error.response.headers, _kind(error))
        if trouble.kind == "model" and not isinstance(error.body, dict):
            reason = f"nothing answers at {self.base_url}. Check {self.vendor.url}; it usually ends with /v1"
            return Trouble("request", trouble.status, reason)
        return trouble


class NimProvider(OpenAIProvider):
    """NVIDIA's hosted models, or a NIM container of one's own."""

    name = "nim"
    own_url = "https://integrate.api.nvidia.com/v1"

    def __init__(
        self, key: SecretStr, base_url: str = "", models: Mapping[Tier, str] = NIM_MODELS, vendor: Vendor = NIM_VENDOR
    ) -> None:
        super().__init__(key, base_url, models, vendor)


def _kind(error: Any) -> FailureKind | None:
    return _KINDS.get(str(error.code or "")) or _KINDS.get(str(error.type or ""))


def _reason(error: Any) -> str:
    """The provider's own words; the SDK puts the status and the whole body in front of them."""
    body = error.body
    if isinstance(body, dict):
        return str(body.get("message") or body.get("detail") or body.get("error") or "")
    return str(body or "")
