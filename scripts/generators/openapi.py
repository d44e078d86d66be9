"""docs/openapi.json: what the gateway answers."""

import json

from fastapi import FastAPI

from wactorz_gateway.api import ROUTERS
from wactorz_gateway.views import VERSION


def render() -> str:
    """The document as JSON."""
    app = FastAPI(title="Wactorz", version=VERSION, description="Agents that watch and move the physical world.")
    for router in ROUTERS:
        app.include_router(router)
    return json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n"
