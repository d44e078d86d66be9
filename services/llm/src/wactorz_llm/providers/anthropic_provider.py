"""Anthropic through its own SDK."""

from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from wactorz_common.contracts.llm import Completion
from wactorz_llm.provider import FailureKind, Tier
from wactorz_llm.providers.anthropic_wire import AnthropicReader, parameters
from wactorz_llm.providers.draft import AnswerDraft
from wactorz_llm.providers.failures import Trouble, Vendor, from_status
from wactorz_llm.providers.sdk import CONNECT_SECONDS, SILENCE_SECONDS, SdkProvider

VENDOR = Vendor("Anthropic", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL")
MODELS: Mapping[Tier, str] = {"": "claude-sonnet-4-6", "fast": "claude-haiku-4-5", "smart": "claude-opus-4-6"}
_KINDS: Mapping[str, FailureKind] = {
    "authentication_error": "key",
    "not_found_error": "model",
    "rate_limit_error": "limit",
    "overloaded_error": "overloaded",
    "api_error": "server",
    "timeout_error": "timeout",
}


class AnthropicProvider(SdkProvider):
    """Speaks to the Messages API."""

    name = "anthropic"
    own_url = "https://api.anthropic.com"
    noisy = ("anthropic",)

    def __init__(
        self, key: SecretStr, base_url: str = "", models: Mapping[Tier, str] = MODELS, vendor: Vendor = VENDOR
    ) -> None:
        super().__init__(vendor, key, base_url, models)

    def _load(self) -> None:
        import anthropic  # noqa: PLC0415  # lazily, for the memory of installations without a key
        import anthropic.resources.messages  # noqa: F401, PLC0415

    def _make_client(self, key: str) -> Any:
        import anthropic  # noqa: PLC0415
        import httpx2  # noqa: PLC0415

        timeout = httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
        return anthropic.AsyncAnthropic(api_key=key, base_url=self.base_url, timeout=timeout, max_retries=0)

    def _body(self, request: Completion) -> dict[str, Any]:
        return parameters(request)

    async def _read(self, client: Any, body: dict[str, Any], draft: AnswerDraft) -> None:
        reader = AnthropicReader(draft)
        async with await client.messages.create(**body) as events:
            async for event in events:
                reader.feed(event if isinstance(event, dict) else event.model_dump())
                if draft.complete:
                    return

    def _trouble(self, error: Exception) -> Trouble | None:
        import anthropic  # noqa: PLC0415

        if isinstance(error, anthropic.APIStatusError):
            kind = _KINDS.get(str(error.type or ""))
            return from_status(int(error.status_code), error.api_message or "", error.response.headers, kind)
        if isinstance(error, anthropic.APITimeoutError):
            return Trouble("timeout")
        if isinstance(error, anthropic.APIConnectionError):
            return Trouble("network")
        return None
