"""Settings of the io-agent."""

from pydantic import Field

from wactorz_common.settings import AgentSettings


class IoAgentSettings(AgentSettings):
    """What can be set for the io-agent."""

    session_limit: int = Field(
        4,
        gt=0,
        le=64,
        validation_alias="WACTORZ_IO_AGENT_SESSION_LIMIT",
        description="Messages of one session answered at a time",
    )
    answer_seconds: float = Field(
        100.0,
        gt=0,
        le=100,
        validation_alias="WACTORZ_IO_AGENT_ANSWER_SECONDS",
        description="How long an agent may take to answer",
    )
    stale_seconds: float = Field(
        120.0,
        gt=0,
        validation_alias="WACTORZ_IO_AGENT_STALE_SECONDS",
        description="A message whose own time stamp is older is not acted on",
    )
