"""Models on a machine of one's own, through Ollama's SDK."""

from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from pydantic import SecretStr

from wactorz_common.contracts.llm import Completion
from wactorz_llm.provider import OnPiece, Tier
from wactorz_llm.providers.draft import AnswerDraft
from wactorz_llm.providers.failures import Trouble, Vendor, from_status
from wactorz_llm.providers.ollama_wire import OllamaReader, parameters
from wactorz_llm.providers.sdk import CONNECT_SECONDS, SdkProvider

VENDOR = Vendor("Ollama", "", "OLLAMA_URL")
USUAL = "llama3"
MODELS: Mapping[Tier, str] = {"": USUAL, "fast": USUAL, "smart": USUAL}
USUAL_CONTEXT = 8192
_LOADING_SECONDS = 300.0
"""Longest silence: a large model takes minutes to load."""


class OllamaProvider(SdkProvider):
    """Speaks to an Ollama server; needs no key."""

    name = "ollama"
    own_url = "http://localhost:11434"
    noisy = ("ollama",)

    def __init__(
        self,
        base_url: str = "",
        models: Mapping[Tier, str] = MODELS,
        context: int = USUAL_CONTEXT,
        vendor: Vendor = VENDOR,
    ) -> None:
        super().__init__(vendor, SecretStr(""), base_url, models)
        self._context = context

    def _load(self) -> None:
        import ollama  # noqa: F401, PLC0415  # lazily, for the memory of installations without it

    def _make_client(self, key: str) -> Any:  # noqa: ARG002
        import httpx  # noqa: PLC0415
        import ollama  # noqa: PLC0415

        timeout = httpx.Timeout(_LOADING_SECONDS, connect=CONNECT_SECONDS)
        return ollama.AsyncClient(host=self.base_url, timeout=timeout, follow_redirects=False)

    def _body(self, request: Completion) -> dict[str, Any]:
        return parameters(request, self._context)

    def _draft(self, request: Completion, on_piece: OnPiece) -> AnswerDraft:
        return AnswerDraft(request, on_piece, quiet=bool(request.force_tool))

    async def _read(self, client: Any, body: dict[str, Any], draft: AnswerDraft) -> None:
        import ollama  # noqa: PLC0415

        reader = OllamaReader(draft)
        # `chat` would drop every part of a tool's schema that its own classes do not know
        lines = await client._request(ollama.ChatResponse, "POST", "/api/chat", json=body, stream=True)  # noqa: SLF001
        async with aclosing(lines):
            async for line in lines:
                reader.feed(line.model_dump())

    async def _close(self, client: Any) -> None:
        await client.close()

    def _trouble(self, error: Exception) -> Trouble | None:
        import ollama  # noqa: PLC0415

        if not isinstance(error, ollama.ResponseError):
            return None
        reason, cause = str(error.error), error.__context__
        headers = getattr(getattr(cause, "response", None), "headers", {})
        status = error.status_code if error.status_code > 0 else 500
        if "does not support tools" in reason:
            return Trouble("request", status, f"{reason}. Set LLM_MODEL to one that does, such as qwen3")
        if status == 404 and "not found" in reason:  # noqa: PLR2004  # HTTP status
            return Trouble("model", status, reason)
        return from_status(status, reason, headers)
