"""docs/openapi.json: what the gateway answers."""

import json
import warnings

from fastapi import FastAPI
from pydantic.warnings import UnsupportedFieldAttributeWarning

from wactorz_gateway.api import ROUTERS
from wactorz_gateway.views import VERSION


def render() -> str:
    """The document as JSON."""
    app = FastAPI(title="Wactorz", version=VERSION, description="Agents that watch and move the physical world.")
    for router in ROUTERS:
        app.include_router(router)
    with warnings.catch_warnings():  # as FastAPI does where it makes its fields; contracts are built at first use
        warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
        return json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n"
