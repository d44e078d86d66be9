"""Settings of main."""

from pydantic import Field

from wactorz_common.settings import AgentSettings


class MainSettings(AgentSettings):
    """What can be set for main."""

    language: str = Field(
        "en", validation_alias="WACTORZ_MAIN_LANGUAGE", description="Language of a sentence that shows none"
    )
    languages: str = Field(
        "en,de",
        validation_alias="WACTORZ_MAIN_LANGUAGES",
        description="Languages that sentences are read in, with commas between",
    )
    context_seconds: float = Field(
        600.0,
        ge=0,
        validation_alias="WACTORZ_MAIN_CONTEXT_SECONDS",
        description="How long a follow-up such as 'turn it off again' may come after what it follows",
    )
    history_turns: int = Field(
        10,
        ge=0,
        le=50,
        validation_alias="WACTORZ_MAIN_HISTORY_TURNS",
        description="Last turns of the conversation, two messages each, that the model is shown",
    )
    summarize_messages: int = Field(
        30,
        ge=4,
        le=200,
        validation_alias="WACTORZ_MAIN_SUMMARIZE_MESSAGES",
        description="Messages of a conversation, two per turn, from which on the oldest half is summed up",
    )
    keep_days: float = Field(
        30.0, gt=0, validation_alias="WACTORZ_MAIN_KEEP_DAYS", description="How long turns are kept"
    )
    facts_turns: int = Field(
        6,
        ge=0,
        le=50,
        validation_alias="WACTORZ_MAIN_FACTS_TURNS",
        description="Sentences about themselves that a person says before the model looks for facts in them; 0: never",
    )
    facts_quiet_seconds: float = Field(
        90.0,
        ge=1,
        le=86_400,
        validation_alias="WACTORZ_MAIN_FACTS_QUIET_SECONDS",
        description="It looks for them as well when the person has said nothing more for so long",
    )
    house_seconds: float = Field(
        5.0,
        ge=0,
        le=60,
        validation_alias="WACTORZ_MAIN_HOUSE_SECONDS",
        description="How long a sentence waits for the registry after a start",
    )

    @property
    def known_languages(self) -> tuple[str, ...]:
        """Codes of the languages that sentences are read in, the usual one first."""
        codes = [code.strip().casefold() for code in (self.language, *self.languages.split(","))]
        return tuple(dict.fromkeys(code for code in codes if code))
