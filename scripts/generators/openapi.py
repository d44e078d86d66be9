"""docs/openapi.json: what the gateway answers."""

import json
import warnings

from fastapi import FastAPI
from pydantic.warnings import UnsupportedFieldAttributeWarning

from wactorz_gateway import openapi
from wactorz_gateway.api import ROUTERS


def render() -> str:
    """The document as JSON."""
    app = FastAPI(generate_unique_id_function=openapi.operation_id)
    for router in ROUTERS:
        app.include_router(router)
    with warnings.catch_warnings():  # as FastAPI does where it makes its fields; contracts are built at first use
        warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
        return json.dumps(openapi.document(app), indent=1, ensure_ascii=False) + "\n"
