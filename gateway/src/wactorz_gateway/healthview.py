"""Whether the gateway can serve, and how many agents are in which state."""

from pydantic import BaseModel, Field

from wactorz_gateway.registry import Registry
from wactorz_gateway.views import VERSION


class Health(BaseModel):
    """Whether the gateway can serve."""

    status: str = Field(description="ok, or unavailable", examples=["ok"])
    checks: dict[str, str] = Field(description="Each check and its result", examples=[{"broker": "ok"}])
    detail: str = Field(default="", description="What is wrong and what to do; empty when all is well")
    version: str = Field(default=VERSION, description="Version of Wactorz")
    agents: dict[str, int] = Field(
        default_factory=dict, description="How many agents are in which state", examples=[{"running": 13}]
    )


def health_of(registry: Registry, now: float, *, connected: bool) -> Health:
    """The state of the gateway's own needs, and a count of agents."""
    counts = dict[str, int]()
    for agent in registry.agents.values():
        state = registry.shown_state(agent, now)
        counts[state] = counts.get(state, 0) + 1
    if connected:
        return Health(status="ok", checks={"broker": "ok"}, agents=counts)
    detail = "The MQTT broker is not connected: it is restarted by itself; if not, look at `wactorz logs broker`"
    return Health(status="unavailable", checks={"broker": "not connected"}, detail=detail, agents=counts)
