"""Settings of main."""

from pydantic import Field

from wactorz_common.settings import AgentSettings


class MainSettings(AgentSettings):
    """What can be set for main."""

    language: str = Field("en", validation_alias="WACTORZ_MAIN_LANGUAGE")
    history_turns: int = Field(6, ge=0, le=50, validation_alias="WACTORZ_MAIN_HISTORY_TURNS")
    keep_days: float = Field(30.0, gt=0, validation_alias="WACTORZ_MAIN_KEEP_DAYS")
    house_seconds: float = Field(5.0, ge=0, le=60, validation_alias="WACTORZ_MAIN_HOUSE_SECONDS")
