"""What went wrong at a provider, in one sentence for a person; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from wactorz_llm.german import phrase
from wactorz_llm.provider import FailureKind, ProviderFailure, TokenUsage

LONGEST_QUOTE = 300
_SERVER_ERROR = 500
_AGAIN: frozenset[FailureKind] = frozenset({"limit", "overloaded", "server", "timeout", "network", "junk", "empty"})
_BY_STATUS: Mapping[int, FailureKind] = {
    401: "key", 402: "limit", 403: "key", 404: "model", 408: "timeout", 409: "overloaded", 425: "overloaded",
    429: "limit", 503: "overloaded", 529: "overloaded",
}  # fmt: skip
_SPENT_WORDS = ("credit balance", "insufficient_quota", "exceeded your current quota", "billing")


@dataclass(frozen=True)
class Vendor:
    """How people know a provider: its name, and the settings with its key and address."""

    label: str
    key: str = ""
    url: str = ""


@dataclass(frozen=True)
class Trouble:
    """One failure: its kind, the HTTP status (0: none), the provider's own words, and when to come back (seconds)."""

    kind: FailureKind
    status: int = 0
    reason: str = ""
    retry_after: float | None = None
    spent: bool = False


def from_status(
    status: int, reason: str, headers: Mapping[str, str] | None = None, kind: FailureKind | None = None
) -> Trouble:
    """The trouble behind an HTTP status; `kind` where the provider itself says more."""
    found = kind or _BY_STATUS.get(status) or ("server" if status >= _SERVER_ERROR else "request")
    spent = found in ("limit", "request") and any(words in reason.lower() for words in _SPENT_WORDS)
    return Trouble("limit" if spent else found, status, reason, asked_wait(headers or {}), spent)


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that the provider asks to wait for."""
    for name, factor in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name)
        try:
            if value is not None:
                return max(0.0, float(value) * factor)
        except ValueError:
            continue
    return None


_SENTENCES = {
    "model": "{name} does not know the model '{model}'. Set LLM_MODEL to one that it offers.",
    "limit": "The rate limit of {name} is reached. Try again in a moment.",
    "overloaded": "{name} is overloaded at the moment. Try again in a moment.",
    "server": "{name} had an internal error{status}. Try again in a moment.",
    "timeout": "{name} did not answer in time. Try again.",
    "network": "The connection to {name} failed. Check the network{url} and try again.",
    "junk": "{name} sent something that is not an answer. Try again.",
    "empty": "{name} sent an empty answer. Try again.",
    "length": "The model's answer was too long and was cut; ask for less at once.",
}
_UNEXPECTED = "The call to {name} failed unexpectedly ({reason}); the llm service's log has more."


def failure(vendor: Vendor, trouble: Trouble, model: str, usage: TokenUsage) -> ProviderFailure:
    """The failure to raise."""
    again = trouble.kind in _AGAIN and not trouble.spent
    return ProviderFailure(
        _sentence(vendor, trouble, model),
        again=again,
        retry_after=trouble.retry_after if again else None,
        usage=usage,
        kind=trouble.kind,
    )


def _sentence(vendor: Vendor, trouble: Trouble, model: str) -> str:
    name, status = vendor.label, f" ({trouble.status})" if trouble.status else ""
    reason = trouble.reason.strip() or phrase("no reason given")
    if trouble.spent:
        return phrase("The account at {name} is used up: {reason}", name=name, reason=reason)
    if trouble.kind == "request":
        return phrase("{name} refused the request{status}: {reason}", name=name, status=status, reason=reason)
    if trouble.kind == "key":
        return _about_key(vendor, trouble, reason)
    return phrase(
        _SENTENCES.get(trouble.kind, _UNEXPECTED), name=name, status=status, reason=reason, model=model,
        url=_and_url(vendor),
    )  # fmt: skip


def _about_key(vendor: Vendor, trouble: Trouble, reason: str) -> str:
    if trouble.status == 403:  # noqa: PLR2004  # HTTP status
        may = phrase(" Check what the key in {key} may do.", key=vendor.key) if vendor.key else ""
        refused = phrase("{name} refused access (403): {reason}.", name=vendor.label, reason=reason)
        return refused.replace("..", ".") + may
    return phrase(
        "{name} refused the key in {key}. Set a valid one and restart the llm service."
        if vendor.key
        else "{name} refused to answer without a key. Give it one and restart the llm service.",
        name=vendor.label, key=vendor.key,
    )  # fmt: skip


def _and_url(vendor: Vendor) -> str:
    return phrase(" (and {setting})", setting=vendor.url) if vendor.url else ""
