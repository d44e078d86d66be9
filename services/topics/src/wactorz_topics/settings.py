"""Settings of topics."""

from pydantic import Field

from wactorz_common.settings import AgentSettings


class TopicsSettings(AgentSettings):
    """What can be set for the topics service."""

    most: int = Field(
        5_000, gt=0, le=100_000, validation_alias="WACTORZ_TOPICS_MOST",
        description="Topics that are remembered; the ones that were silent longest are forgotten",
    )  # fmt: skip
    looks_per_second: int = Field(
        50, gt=0, le=1_000, validation_alias="WACTORZ_TOPICS_LOOKS_PER_SECOND",
        description="Messages that are looked into; the others are only counted",
    )  # fmt: skip
