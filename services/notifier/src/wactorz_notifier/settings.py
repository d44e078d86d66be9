"""Settings of notifier."""

from typing import Annotated

from pydantic import AfterValidator, Field

from wactorz_common.settings import AgentSettings
from wactorz_notifier.quiet import QuietHours


def _hours(text: str) -> str:
    text = text.strip()
    if text:
        QuietHours.of(text)
    return text


class NotifierSettings(AgentSettings):
    """What can be set for the notifier."""

    quiet_hours: Annotated[str, AfterValidator(_hours)] = Field(
        "",
        validation_alias="WACTORZ_NOTIFIER_QUIET_HOURS",
        description="HH:MM-HH:MM in the house's time: notices that are not critical are told when they end",
    )
    per_minute: int = Field(
        10,
        gt=0,
        le=1_000,
        validation_alias="WACTORZ_NOTIFIER_PER_MINUTE",
        description="Messages to one place within a minute; what is more is told as one message",
    )
