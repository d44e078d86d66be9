"""Settings of the model service: provider, key, limits and budget."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from wactorz_common.settings import AgentSettings
from wactorz_llm.providers import KNOWN, OFFLINE_NAMES, names_of

Period = Literal["daily", "weekly", "monthly"]


class LlmSettings(AgentSettings):
    """Which model answers, with which key, and what it may cost."""

    llm_provider: str = Field(
        "",
        validation_alias="LLM_PROVIDER",
        description="`anthropic`, `openai`, `gemini`, `nim`, `ollama` or `offline`; empty: the first of these with a "
        "key or an address, else `offline`",
    )
    llm_fallback: str = Field(
        "", validation_alias="LLM_FALLBACK", description="Providers to try after it, as a comma list"
    )
    llm_model: str = Field(
        "",
        validation_alias="LLM_MODEL",
        description="Model for requests that name none; empty: `claude-sonnet-4-6`, `gpt-4o`, `gemini-2.5-flash`, "
        "`meta/llama-3.3-70b-instruct`, `llama3`. Here and below also as `provider:model`",
    )
    llm_model_fast: str = Field(
        "",
        validation_alias="LLM_MODEL_FAST",
        description="Model for small questions; empty: `claude-haiku-4-5`, `gpt-4o-mini`, `gemini-2.5-flash-lite`, "
        "`meta/llama-3.1-8b-instruct`, or the usual one at addresses of one's own",
    )
    llm_model_smart: str = Field(
        "",
        validation_alias="LLM_MODEL_SMART",
        description="Model for plans; empty: `claude-opus-4-6`, `gpt-5.4`, `gemini-2.5-pro`, or the usual one",
    )
    llm_api_key: SecretStr = Field(
        SecretStr(""),
        validation_alias="LLM_API_KEY",
        description="The key of the chosen provider, where its own setting is empty; like every key also as `..._FILE`",
    )
    llm_timeout_s: float = Field(
        80.0, gt=0, le=600, validation_alias="LLM_TIMEOUT_S", description="Longest time for one call, retries included"
    )
    llm_max_retries: int = Field(
        2,
        ge=0,
        le=10,
        validation_alias="LLM_MAX_RETRIES",
        description="Further attempts after 429, 5xx, 529, a cut or unreadable answer",
    )
    llm_cost_limit_usd: float = Field(
        0.0, ge=0, validation_alias="LLM_COST_LIMIT_USD", description="Budget per period; 0: none"
    )
    llm_cost_limit_period: Period = Field(
        "monthly",
        validation_alias="LLM_COST_LIMIT_PERIOD",
        description="`daily`, `weekly` (from Monday) or `monthly`, by the local calendar",
    )
    anthropic_api_key: SecretStr = Field(
        SecretStr(""),
        validation_alias="ANTHROPIC_API_KEY",
        description="The key; or `ANTHROPIC_API_KEY_FILE`, a file that holds it",
    )
    anthropic_base_url: str = Field(
        "",
        validation_alias="ANTHROPIC_BASE_URL",
        description="Another address that speaks the Messages format; empty: Anthropic's own",
    )
    openai_api_key: SecretStr = Field(
        SecretStr(""), validation_alias="OPENAI_API_KEY", description="Key of OpenAI or of the compatible endpoint"
    )
    openai_url: str = Field(
        "",
        validation_alias="OPENAI_URL",
        description="Compatible endpoint, usually with `/v1` at its end; needs no key; empty: OpenAI's own",
    )
    openai_base_url: str = Field("", validation_alias="OPENAI_BASE_URL", description="The same as `OPENAI_URL`")
    nim_api_key: SecretStr = Field(SecretStr(""), validation_alias="NIM_API_KEY", description="Key of NVIDIA NIM")
    nvidia_api_key: SecretStr = Field(
        SecretStr(""), validation_alias="NVIDIA_API_KEY", description="The same as `NIM_API_KEY`"
    )
    nim_url: str = Field(
        "", validation_alias="NIM_URL", description="A NIM container of your own; empty: NVIDIA's hosted models"
    )
    gemini_api_key: SecretStr = Field(
        SecretStr(""), validation_alias="GEMINI_API_KEY", description="Key of Google Gemini"
    )
    google_api_key: SecretStr = Field(
        SecretStr(""), validation_alias="GOOGLE_API_KEY", description="The same as `GEMINI_API_KEY`"
    )
    gemini_base_url: str = Field(
        "", validation_alias="GEMINI_BASE_URL", description="Another address that speaks Gemini's format"
    )
    ollama_url: str = Field(
        "", validation_alias="OLLAMA_URL", description="Ollama server; empty: `http://localhost:11434`"
    )
    ollama_context: int = Field(
        8192,
        ge=1024,
        le=131_072,
        validation_alias="WACTORZ_OLLAMA_CONTEXT",
        description="Tokens of context that Ollama is asked for; doubled where a question needs more",
    )
    pictures: str = Field(
        "",
        validation_alias="WACTORZ_LLM_PICTURES",
        description="Models of your own that look at pictures though their name does not say so, as a comma list",
    )
    concurrency: int = Field(
        4, ge=1, le=64, validation_alias="WACTORZ_LLM_CONCURRENCY", description="Calls that run at a time"
    )
    queue: int = Field(
        32, ge=0, le=1000, validation_alias="WACTORZ_LLM_QUEUE", description="Calls that wait; more are refused"
    )
    reuse_seconds: float = Field(
        600.0,
        ge=0,
        le=86_400,
        validation_alias="WACTORZ_LLM_REUSE_SECONDS",
        description="How long the answer to a classification is given again for the same question; 0: never",
    )
    reuse_answers: int = Field(
        512, ge=0, le=100_000, validation_alias="WACTORZ_LLM_REUSE_ANSWERS", description="Answers kept for that"
    )
    prices: dict[str, tuple[float, float]] = Field(
        default_factory=dict,
        validation_alias="WACTORZ_LLM_PRICES",
        description="Own prices: JSON of model to `[in, out]` in dollars per million tokens; the longest name wins",
    )

    @field_validator("llm_provider")
    @classmethod
    def _known_provider(cls, value: str) -> str:
        name = value.strip().lower()
        if name and name not in KNOWN and name not in OFFLINE_NAMES:
            raise ValueError(f"LLM_PROVIDER is '{value}', which is not known: use {', '.join(KNOWN)} or offline")
        return name

    @field_validator("llm_fallback")
    @classmethod
    def _known_fallback(cls, value: str) -> str:
        for name in names_of(value):
            if name not in KNOWN:
                raise ValueError(f"LLM_FALLBACK names '{name}', which is not known: use {', '.join(KNOWN)}")
        return value

    @field_validator("anthropic_base_url", "openai_url", "openai_base_url", "nim_url", "gemini_base_url", "ollama_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        address = value.strip()
        parts = urlsplit(address)
        if address and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("the address of a model provider must begin with http:// or https:// and name a host")
        return address
