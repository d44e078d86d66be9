"""Settings of the model service: provider, key, limits and budget."""

from typing import Literal

from pydantic import Field, SecretStr, field_validator

from wactorz_common.settings import AgentSettings
from wactorz_llm.providers import KNOWN, OFFLINE_NAMES

Period = Literal["daily", "weekly", "monthly"]


class LlmSettings(AgentSettings):
    """Which model answers, with which key, and what it may cost."""

    llm_provider: str = Field("", validation_alias="LLM_PROVIDER")
    llm_model: str = Field("", validation_alias="LLM_MODEL")
    llm_timeout_s: float = Field(80.0, gt=0, le=600, validation_alias="LLM_TIMEOUT_S")
    llm_max_retries: int = Field(2, ge=0, le=10, validation_alias="LLM_MAX_RETRIES")
    llm_cost_limit_usd: float = Field(0.0, ge=0, validation_alias="LLM_COST_LIMIT_USD")
    llm_cost_limit_period: Period = Field("monthly", validation_alias="LLM_COST_LIMIT_PERIOD")
    anthropic_api_key: SecretStr = Field(SecretStr(""), validation_alias="ANTHROPIC_API_KEY")
    anthropic_base_url: str = Field("", validation_alias="ANTHROPIC_BASE_URL")
    concurrency: int = Field(4, ge=1, le=64, validation_alias="WACTORZ_LLM_CONCURRENCY")
    queue: int = Field(32, ge=0, le=1000, validation_alias="WACTORZ_LLM_QUEUE")
    prices: dict[str, tuple[float, float]] = Field(default_factory=dict, validation_alias="WACTORZ_LLM_PRICES")
    """Own prices: model to dollars per million tokens in and out; a longer name wins over its prefix."""

    @field_validator("llm_provider")
    @classmethod
    def _known_provider(cls, value: str) -> str:
        name = value.strip().lower()
        if name and name not in KNOWN and name not in OFFLINE_NAMES:
            raise ValueError(
                f"LLM_PROVIDER is '{value}', which is not known: use {', '.join(sorted(KNOWN))} or offline"
            )
        return name
