"""Settings of the model service: provider, key, limits and budget."""

from typing import Literal

from pydantic import Field, SecretStr, field_validator

from wactorz_common.settings import AgentSettings
from wactorz_llm.providers import KNOWN, OFFLINE_NAMES

Period = Literal["daily", "weekly", "monthly"]


class LlmSettings(AgentSettings):
    """Which model answers, with which key, and what it may cost."""

    llm_provider: str = Field(
        "",
        validation_alias="LLM_PROVIDER",
        description="`anthropic` or `offline`; empty: `anthropic` with a key, else `offline`",
    )
    llm_model: str = Field(
        "", validation_alias="LLM_MODEL", description="Model for requests that name none; empty: `claude-sonnet-4-6`"
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
    concurrency: int = Field(
        4, ge=1, le=64, validation_alias="WACTORZ_LLM_CONCURRENCY", description="Calls that run at a time"
    )
    queue: int = Field(
        32, ge=0, le=1000, validation_alias="WACTORZ_LLM_QUEUE", description="Calls that wait; more are refused"
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
            raise ValueError(
                f"LLM_PROVIDER is '{value}', which is not known: use {', '.join(sorted(KNOWN))} or offline"
            )
        return name
