"""What the providers with an SDK share: one attempt per call, and every failure translated into a sentence."""

import asyncio
import logging
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from wactorz_common import logs
from wactorz_common.contracts.llm import Completion
from wactorz_llm.german import phrase
from wactorz_llm.provider import OnPiece, OnUsage, ProviderAnswer, ProviderFailure, Tier, TokenUsage
from wactorz_llm.providers.abilities import takes_of
from wactorz_llm.providers.draft import AnswerDraft
from wactorz_llm.providers.failures import LONGEST_QUOTE, Trouble, Vendor, failure
from wactorz_llm.providers.places import host_of, is_local
from wactorz_llm.takes import Takes

CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 60.0
_NOISY = ("httpx2", "httpcore2", "httpx", "httpcore")
_JUNK = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

_log = logs.get(__name__)


class SdkProvider(ABC):
    """One provider behind its SDK; `base_url` empty means the vendor's own address."""

    name: str = ""
    own_url: str = ""
    noisy: tuple[str, ...] = ()
    available = True
    sighted: frozenset[str] = frozenset()
    """Models that the settings say look at pictures."""

    def __init__(self, vendor: Vendor, key: SecretStr, base_url: str, models: Mapping[Tier, str]) -> None:
        self.vendor = vendor
        self.models = models
        self.default_model = models[""]
        self.base_url = base_url.rstrip("/") or self.own_url
        self.local = is_local(self.base_url)
        self._key = key.get_secret_value().strip()
        self._client: Any = None

    def takes(self, model: str) -> Takes:
        """Which files a model is shown, by its name."""
        return takes_of(self.name, model, self.sighted)

    def warm_up(self) -> None:
        """Import the SDK; seconds on a slow machine."""
        self._load()
        for name in (*_NOISY, *self.noisy):
            logging.getLogger(name).setLevel(logging.WARNING)

    async def complete(self, request: Completion, on_piece: OnPiece, on_usage: OnUsage | None = None) -> ProviderAnswer:
        """Make one attempt; raise ProviderFailure with what the attempt used up."""
        body = self._body(request)
        if not _has_words(request):
            raise ProviderFailure(
                phrase("The question is empty, so there is nothing to ask the model."), again=False, kind="request"
            )
        client = await self._open()
        draft = self._draft(request, on_piece)
        try:
            await self._read(client, body, draft)
        except asyncio.CancelledError:
            if on_usage is not None:
                on_usage(draft.sent_usage)
            raise
        except Exception as error:  # the SDKs let errors of three libraries through
            if not draft.complete:
                raise self._explained(error, request, draft) from None
        return self._checked(request, draft)

    async def close(self) -> None:
        """Release connections."""
        if self._client is not None:
            client, self._client = self._client, None
            await self._close(client)

    @abstractmethod
    def _load(self) -> None:
        """Import what is heavy."""

    @abstractmethod
    def _make_client(self, key: str) -> Any:
        """The SDK's client, which neither retries nor reads the environment."""

    @abstractmethod
    def _body(self, request: Completion) -> dict[str, Any]:
        """The request in the provider's own words."""

    @abstractmethod
    async def _read(self, client: Any, body: dict[str, Any], draft: AnswerDraft) -> None:
        """Send the request and feed the draft; leaving closes the stream."""

    @abstractmethod
    def _trouble(self, error: Exception) -> Trouble | None:
        """What an error of the SDK means; None for errors that are not its own."""

    def _draft(self, request: Completion, on_piece: OnPiece) -> AnswerDraft:
        return AnswerDraft(request, on_piece)

    async def _close(self, client: Any) -> None:
        await client.close()

    async def _open(self) -> Any:
        if self._client is None:
            if not (self._key.isascii() and self._key.isprintable()):
                raise self._failure(Trouble("key"), "", TokenUsage())
            await asyncio.to_thread(self.warm_up)
            self._client = self._client or self._make_client(self._key)
        return self._client

    def _checked(self, request: Completion, draft: AnswerDraft) -> ProviderAnswer:
        if not draft.complete:
            sentence = phrase("The answer of {name} broke off before its end. Try again.", name=self.vendor.label)
            raise ProviderFailure(sentence, again=True, usage=draft.usage, kind="network")
        try:
            answer = draft.answer()
        except _JUNK as error:
            kind = Trouble("length") if draft.cut_by_length else Trouble("junk")
            raise self._failure(kind, request.model, draft.usage) from error
        if not answer.text.strip() and not answer.tool_calls:
            raise self._empty(request, draft)
        return answer

    def _empty(self, request: Completion, draft: AnswerDraft) -> ProviderFailure:
        if draft.cut_by_length:
            return self._failure(Trouble("length"), request.model, draft.usage)
        if draft.stop_reason == "refusal":
            sentence = phrase("{name} declined to answer this. Ask it differently.", name=self.vendor.label)
            return ProviderFailure(sentence, again=False, usage=draft.usage, kind="request")
        return self._failure(Trouble("empty"), request.model, draft.usage)

    def _explained(self, error: Exception, request: Completion, draft: AnswerDraft) -> ProviderFailure:
        """The failure behind an exception of the SDK, the HTTP client or the decoder."""
        if isinstance(error, ProviderFailure):
            return error
        trouble = self._trouble(error) or _common_trouble(error)
        if trouble is None:
            kind = type(error).__name__
            _log.warning("unexpected failure of the model provider", kind=kind, error=self._clean(error))
            trouble = Trouble("unexpected", reason=kind)
        usage = draft.sent_usage if trouble.kind == "timeout" else draft.usage
        return self._failure(trouble, request.model, usage)

    def _failure(self, trouble: Trouble, model: str, usage: TokenUsage) -> ProviderFailure:
        label = self.vendor.label
        if trouble.kind == "network" and self.base_url != self.own_url:
            label = phrase("{name} at {host}", name=label, host=host_of(self.base_url))
        vendor = Vendor(label, self.vendor.key if self._key else "", self.vendor.url)
        cleaned = Trouble(trouble.kind, trouble.status, self._clean(trouble.reason), trouble.retry_after, trouble.spent)
        return failure(vendor, cleaned, model, usage)

    def _clean(self, text: object) -> str:
        """Text of others for people, without the key."""
        words = str(text)
        return (words.replace(self._key, "[key]") if self._key else words)[:LONGEST_QUOTE]


def _common_trouble(error: Exception) -> Trouble | None:
    """Errors of the HTTP clients and decoders below the SDKs, and of what was fed to the draft."""
    for module in (sys.modules.get("httpx2"), sys.modules.get("httpx")):
        if module is not None and isinstance(error, module.TimeoutException):
            return Trouble("timeout")
        if module is not None and isinstance(error, module.TransportError):
            return Trouble("network")
    if isinstance(error, TimeoutError):
        return Trouble("timeout")
    if isinstance(error, OSError):
        return Trouble("network")
    return Trouble("junk") if isinstance(error, _JUNK) else None


def _has_words(request: Completion) -> bool:
    return any(message.content.strip() or message.tool_calls for message in request.messages)
