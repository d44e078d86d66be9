"""The knowledge graph by the SPARQL 1.1 protocol, for admins; the gateway holds the login to the store."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from wactorz_gateway.graph.protocol import (
    DATASET,
    FORM,
    QUERY,
    RESULTS,
    UPDATE,
    Form,
    Operation,
    ProtocolError,
    form_of,
    media_type_of,
)
from wactorz_gateway.graph.store import GraphStore
from wactorz_gateway.problems import Problem, Responses

router = APIRouter(tags=["graph"])

_LONGEST_ACCEPT = 1_000
_TROUBLE: Responses = {
    400: {"model": Problem, "description": "The store does not take it; `detail` has its words"},
    404: {"model": Problem, "description": "There is no such dataset"},
    502: {"model": Problem, "description": "The store cannot be reached, or lets nobody in"},
    503: {"model": Problem, "description": "No store is set up, or it is asked too much at once"},
    504: {"model": Problem, "description": "The store did not answer in time"},
}
_FOUND: Responses = {
    200: {"description": "The answer, in the form that `Accept` asks for", "content": {one: {} for one in RESULTS}},
    406: {"model": Problem, "description": "The store has no such form of an answer"},
    **_TROUBLE,
}
_SELECT = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 10"
_INSERT = 'INSERT DATA { <http://example.org/kitchen> <http://example.org/has> "a lamp" }'

Dataset = Annotated[str, Path(pattern=DATASET, description="Name of the dataset", examples=["wactorz"])]


async def _until_sent() -> AsyncIterator[AsyncExitStack]:
    """What is open until the answer is sent."""
    async with AsyncExitStack() as stack:
        yield stack


def _store_of(request: Request) -> GraphStore:
    store: GraphStore = request.app.state.graph
    return store


StackDep = Annotated[AsyncExitStack, Depends(_until_sent)]
StoreDep = Annotated[GraphStore, Depends(_store_of)]


def _asking(operation: Operation, example: str) -> dict[str, Any]:
    fields: dict[str, Any] = {operation.name: {"type": "string"}}
    fields |= {name: {"type": "array", "items": {"type": "string"}} for name in operation.graphs}
    form = {"type": "object", "required": [operation.name], "properties": fields}
    content = {
        operation.media_type: {"schema": {"type": "string"}, "example": example},
        FORM: {"schema": form, "example": {operation.name: example}},
    }
    return {"requestBody": {"required": True, "content": content}}


_IN_THE_ADDRESS: dict[str, Any] = {
    "parameters": [
        {
            "name": "query", "in": "query", "required": True, "schema": {"type": "string"},
            "description": "SPARQL query", "example": _SELECT,
        },
        *(
            {
                "name": name, "in": "query", "schema": {"type": "array", "items": {"type": "string"}},
                "description": "Graphs that are asked, instead of all of the dataset",
            }
            for name in QUERY.graphs
        ),
    ]
}  # fmt: skip


@router.get("/api/fuseki/{dataset}/sparql", response_class=Response, responses=_FOUND, openapi_extra=_IN_THE_ADDRESS)
async def query_graph(request: Request, dataset: Dataset, stack: StackDep, store: StoreDep) -> Response:
    """Ask the knowledge graph."""
    return await _answered(request, stack, store, dataset, _asked(QUERY, request, None, b""))


@router.post(
    "/api/fuseki/{dataset}/sparql", response_class=Response, responses=_FOUND, openapi_extra=_asking(QUERY, _SELECT)
)
async def post_graph_query(request: Request, dataset: Dataset, stack: StackDep, store: StoreDep) -> Response:
    """Ask the knowledge graph, with a query that is too long for an address."""
    form = _asked(QUERY, request, request.headers.get("content-type", ""), await request.body())
    return await _answered(request, stack, store, dataset, form)


@router.post(
    "/api/fuseki/{dataset}/update", status_code=204, responses=_TROUBLE, openapi_extra=_asking(UPDATE, _INSERT)
)
async def update_graph(request: Request, dataset: Dataset, store: StoreDep) -> None:
    """Change the knowledge graph; all of an update is done, or nothing."""
    form = _asked(UPDATE, request, request.headers.get("content-type", ""), await request.body())
    try:
        await store.update(dataset, form)
    except ProtocolError as error:
        raise HTTPException(error.status, error.detail) from error


def _asked(operation: Operation, request: Request, content_type: str | None, body: bytes) -> Form:
    try:
        return form_of(operation, request.url.query, content_type, body)
    except ProtocolError as error:
        raise HTTPException(error.status, error.detail) from error


async def _answered(
    request: Request, stack: AsyncExitStack, store: GraphStore, dataset: str, form: Form
) -> Response:  # fmt: skip
    accept = request.headers.get("accept", "*/*")
    if len(accept) > _LONGEST_ACCEPT or not accept.isascii():
        raise HTTPException(406, "The header Accept is too long, or holds characters that are none of a media type")
    try:
        content_type, pieces = await store.query(stack, dataset, form, accept)
    except ProtocolError as error:
        raise HTTPException(error.status, error.detail) from error
    return StreamingResponse(pieces, headers={"content-type": media_type_of(content_type)})
