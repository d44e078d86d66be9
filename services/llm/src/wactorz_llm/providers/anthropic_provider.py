"""Anthropic through its own SDK: one attempt per call, every failure translated into a sentence."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from wactorz_common import logs
from wactorz_common.contracts.llm import Completion
from wactorz_llm.provider import OnPiece, OnUsage, ProviderAnswer, ProviderFailure, Tier
from wactorz_llm.providers.anthropic_wire import AnswerReader, parameters

_BASE_URL = "https://api.anthropic.com"
_CONNECT_SECONDS = 10.0
_SILENCE_SECONDS = 60.0
_NOISY = ("anthropic", "httpx2", "httpcore2", "httpx", "httpcore")
_AGAIN_STATUS = frozenset({408, 409, 429})
_SERVER_ERROR = 500
_AGAIN_TYPES = frozenset({"overloaded_error", "api_error", "rate_limit_error", "timeout_error"})
_LONGEST_QUOTE = 300
_BAD_KEY = "Anthropic refused the key in ANTHROPIC_API_KEY. Set a valid one and restart the llm service."

MODELS: Mapping[Tier, str] = {"": "claude-sonnet-4-6", "fast": "claude-haiku-4-5", "smart": "claude-opus-4-6"}

_log = logs.get(__name__)


class AnthropicProvider:
    """Speaks to the Messages API; `base_url` empty means Anthropic's own."""

    name = "anthropic"
    available = True
    local = False

    def __init__(self, key: SecretStr, base_url: str = "", models: Mapping[Tier, str] = MODELS) -> None:
        self.models = models
        self.default_model = models[""]
        self._key = key
        self._base_url = base_url or _BASE_URL
        self._client: Any = None

    def warm_up(self) -> None:
        """Import the SDK; three seconds on a slow machine."""
        import anthropic  # noqa: PLC0415  # lazily, for the memory of installations without a key
        import anthropic.resources.messages  # noqa: F401, PLC0415

        for name in _NOISY:
            logging.getLogger(name).setLevel(logging.WARNING)

    async def complete(self, request: Completion, on_piece: OnPiece, on_usage: OnUsage | None = None) -> ProviderAnswer:
        """Make one attempt; raise ProviderFailure with what the attempt used up."""
        body = parameters(request)
        if not body["messages"]:
            raise ProviderFailure("The question is empty, so there is nothing to ask the model.", again=False)
        client = await self._open()
        reader = AnswerReader(on_piece)
        try:
            await self._read(client, body, reader)
        except ProviderFailure:
            raise
        except asyncio.CancelledError:
            if on_usage is not None:
                on_usage(replace(reader.usage, estimated=True))
            raise
        except Exception as error:  # the SDK lets errors of three libraries through
            raise self._explain(error, request, reader) from None
        return self._checked(reader)

    async def close(self) -> None:
        """Release connections."""
        if self._client is not None:
            await self._client.close()

    async def _open(self) -> Any:
        if self._client is None:
            key = self._key.get_secret_value().strip()
            if not (key.isascii() and key.isprintable()):
                raise ProviderFailure(_BAD_KEY, again=False)
            await asyncio.to_thread(self.warm_up)
            import anthropic  # noqa: PLC0415
            import httpx2  # noqa: PLC0415

            timeout = httpx2.Timeout(_SILENCE_SECONDS, connect=_CONNECT_SECONDS)
            self._client = anthropic.AsyncAnthropic(
                api_key=key, base_url=self._base_url, timeout=timeout, max_retries=0
            )
        return self._client

    @staticmethod
    async def _read(client: Any, body: dict[str, Any], reader: AnswerReader) -> None:
        async with await client.messages.create(**body) as events:
            async for event in events:
                try:
                    reader.feed(event if isinstance(event, dict) else event.model_dump())
                except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                    raise _junk(reader) from error
                if reader.complete:
                    return

    @staticmethod
    def _checked(reader: AnswerReader) -> ProviderAnswer:
        if not reader.complete:
            raise ProviderFailure(
                "Anthropic's answer broke off before its end. Try again.", again=True, usage=reader.usage
            )
        try:
            return reader.answer()
        except (LookupError, TypeError, ValueError) as error:
            if reader.cut_by_length:
                sentence = "The model's answer was too long and was cut inside a tool call; ask for less at once."
                raise ProviderFailure(sentence, again=False, usage=reader.usage) from error
            raise _junk(reader) from error

    def _explain(self, error: Exception, request: Completion, reader: AnswerReader) -> ProviderFailure:
        """The failure behind an exception of the SDK, the HTTP client or the decoder."""
        import anthropic  # noqa: PLC0415
        import httpx2  # noqa: PLC0415

        if isinstance(error, anthropic.APIStatusError):
            return self._status(error, request, reader)
        if isinstance(error, anthropic.APITimeoutError | httpx2.TimeoutException):
            return ProviderFailure("Anthropic did not answer in time. Try again.", again=True, usage=reader.usage)
        if isinstance(error, anthropic.APIConnectionError | httpx2.TransportError | OSError):
            return self._unreachable(reader)
        if isinstance(error, ValueError):
            return _junk(reader)
        _log.warning("unexpected failure of the model provider", kind=type(error).__name__, error=self._clean(error))
        sentence = (
            f"The call to Anthropic failed unexpectedly ({type(error).__name__}); the llm service's log has more."
        )
        return ProviderFailure(sentence, again=False, usage=reader.usage)

    def _unreachable(self, reader: AnswerReader) -> ProviderFailure:
        place = "" if self._base_url == _BASE_URL else f" at {self._clean(self._base_url)}"
        sentence = (
            f"The connection to Anthropic{place} failed. Check the network (and ANTHROPIC_BASE_URL) and try again."
        )
        return ProviderFailure(sentence, again=True, usage=reader.usage)

    def _status(self, error: Any, request: Completion, reader: AnswerReader) -> ProviderFailure:
        status, kind = int(error.status_code), str(error.type or "")
        again = status in _AGAIN_STATUS or status >= _SERVER_ERROR or kind in _AGAIN_TYPES
        return ProviderFailure(
            self._sentence(status, kind, error, request),
            again=again,
            retry_after=_seconds(error.response.headers.get("retry-after")) if again else None,
            usage=reader.usage,
        )

    def _sentence(self, status: int, kind: str, error: Any, request: Completion) -> str:
        if status == 401 or kind == "authentication_error":  # noqa: PLR2004  # HTTP status
            return _BAD_KEY
        if status == 404 or kind == "not_found_error":  # noqa: PLR2004
            return f"Anthropic does not know the model '{request.model}'. Set LLM_MODEL to one that it offers."
        if status == 429 or kind == "rate_limit_error":  # noqa: PLR2004
            return "Anthropic's rate limit is reached. Try again in a moment."
        if status == 529 or kind == "overloaded_error":  # noqa: PLR2004
            return "Anthropic is overloaded at the moment. Try again in a moment."
        if status >= _SERVER_ERROR or kind == "api_error":
            return f"Anthropic had an internal error ({status}). Try again in a moment."
        return f"Anthropic refused the request ({status}): {self._clean(error.api_message or 'no reason given')}"

    def _clean(self, text: object) -> str:
        """Text of others for people, without the key."""
        return str(text).replace(self._key.get_secret_value().strip(), "[key]")[:_LONGEST_QUOTE]


def _junk(reader: AnswerReader) -> ProviderFailure:
    return ProviderFailure("Anthropic sent something that is not an answer. Try again.", again=True, usage=reader.usage)


def _seconds(value: str | None) -> float | None:
    try:
        return max(0.0, float(value)) if value is not None else None
    except ValueError:
        return None
