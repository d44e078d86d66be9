"""Settings of main."""

from pydantic import Field

from wactorz_common.settings import AgentSettings


class MainSettings(AgentSettings):
    """What can be set for main."""

    language: str = Field("en", validation_alias="WACTORZ_MAIN_LANGUAGE", description="Language of the grammar")
    history_turns: int = Field(
        6,
        ge=0,
        le=50,
        validation_alias="WACTORZ_MAIN_HISTORY_TURNS",
        description="Turns of the conversation that the model is shown",
    )
    keep_days: float = Field(
        30.0, gt=0, validation_alias="WACTORZ_MAIN_KEEP_DAYS", description="How long turns are kept"
    )
    house_seconds: float = Field(
        5.0,
        ge=0,
        le=60,
        validation_alias="WACTORZ_MAIN_HOUSE_SECONDS",
        description="How long a sentence waits for the registry after a start",
    )
