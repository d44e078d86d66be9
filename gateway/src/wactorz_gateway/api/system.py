"""The state of the whole: probes, nodes, configuration, metrics."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from wactorz_gateway.answers import PagingDep, answered, paged
from wactorz_gateway.exposition import CONTENT_TYPE
from wactorz_gateway.healthview import Health, health_of
from wactorz_gateway.parts import PartsDep
from wactorz_gateway.views import VERSION, NodeView, merged_nodes

router = APIRouter(tags=["system"])

_METRICS = '# TYPE wactorz_actor_up gauge\nwactorz_actor_up{actor_name="main"} 1.0\n'


class HomeConfig(BaseModel):
    """What clients may know of the house."""

    url: str = Field(default="", description="Always empty: Home Assistant is reached through the gateway only")
    name: str = Field(default="", description="Name of the house; empty while it is not known")
    demo: bool = Field(default=False, description="The simulated house answers")
    language: str = Field(default="", description="Language of the house")


class ModelConfig(BaseModel):
    """Which model answers."""

    provider: str = Field(default="", description="offline, anthropic, ...; empty while it is not known")
    model: str = Field(default="", description="Name of the model; empty without one")


class WeatherConfig(BaseModel):
    """Where the weather is looked at."""

    model_config = ConfigDict(populate_by_name=True)

    default_location: str = Field(default="", alias="defaultLocation", description="Name of the place")


class MqttConfig(BaseModel):
    """How browsers reach the broker."""

    url: str = Field(default="/mqtt", description="Path of MQTT over WebSocket")


class Config(BaseModel):
    """What clients may know of the configuration; never a secret."""

    version: str = Field(default=VERSION, description="Version of Wactorz")
    ws_url: str = Field(default="/ws", description="Address of the dashboard's WebSocket")
    chat_mode: str = Field(default="direct_ws", description="How dashboards chat")
    ha: HomeConfig = Field(default_factory=HomeConfig, description="The house")
    llm: ModelConfig = Field(default_factory=ModelConfig, description="The model")
    weather: WeatherConfig = Field(default_factory=WeatherConfig, description="The weather")
    mqtt: MqttConfig = Field(default_factory=MqttConfig, description="The broker")


@router.get("/api/health", response_model=Health, responses={503: {"model": Health}})
@router.get("/health", include_in_schema=False)
@router.get("/ready", include_in_schema=False)
@router.get("/readyz", include_in_schema=False)
async def get_health(parts: PartsDep) -> Response:
    """Whether requests can be served; 503 names the check that failed."""
    report = health_of(parts.registry, parts.now(), connected=parts.backend.connected())
    return Response(report.model_dump_json(), 200 if report.status == "ok" else 503, media_type="application/json")


@router.get("/healthz", include_in_schema=False)
@router.get("/livez", include_in_schema=False)
async def get_alive() -> dict[str, str]:
    """Whether the process answers at all."""
    return {"status": "ok"}


@router.get("/api/nodes", response_model=list[NodeView])
@router.get("/nodes", include_in_schema=False)
async def list_nodes(request: Request, parts: PartsDep, paging: PagingDep) -> Response:
    """All machines that run agents."""
    if paging.limit is None and not paging.cursor:
        body = await parts.lists.node_list()
        return answered(request, body.data, etag=body.etag)
    views = merged_nodes(parts.registry, await parts.lists.nodes.get(), parts.now())
    return paged(request, views, lambda view: view.node, paging)


@router.get("/api/config")
@router.get("/config", include_in_schema=False)
async def get_config(parts: PartsDep) -> Config:
    """What clients may know of the configuration."""
    house, (provider, model) = parts.look.live.house, await parts.lists.model.get()
    home = HomeConfig(name=house.name, demo=house.demo, language=house.language) if house else HomeConfig()
    return Config(ha=home, llm=ModelConfig(provider=provider, model=model))


@router.get(
    "/api/metrics", response_class=Response, responses={200: {"content": {"text/plain": {"example": _METRICS}}}}
)
@router.get("/metrics", include_in_schema=False)
async def get_metrics(parts: PartsDep) -> Response:
    """Metrics in Prometheus' text format."""
    return Response(parts.exposition.text(), headers={"content-type": CONTENT_TYPE})
