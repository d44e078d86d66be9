"""What the SPARQL 1.1 protocol sends, as decisions: which parameters are its own, and what an answer means."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

DATASET: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
"""Names of datasets: one part of a path, whatever it holds."""

FORM: Final = "application/x-www-form-urlencoded"
MOST_GRAPHS: Final = 50
_LONGEST_TEXT: Final = 2_000
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\uffff]+")

_NOT_LET_IN = "The graph store does not let the gateway in: check FUSEKI_USER and FUSEKI_PASSWORD"

RESULTS: Final = (
    "application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values",
    "text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json", "application/trig",
    "application/n-quads",
)  # fmt: skip
"""Media types of answers."""

Form = list[tuple[str, str]]


class ProtocolError(Exception):
    """A request is not one of the protocol; the sentence says why."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


@dataclass(frozen=True)
class Operation:
    """One of the two operations."""

    name: str
    """The parameter that holds what is asked, and the last part of its media type."""

    place: str
    """The last part of the address at the store."""

    graphs: tuple[str, str]
    """The parameters that name graphs."""

    @property
    def media_type(self) -> str:
        """The media type of a body that is the query or update itself."""
        return f"application/sparql-{self.name}"


QUERY: Final = Operation("query", "sparql", ("default-graph-uri", "named-graph-uri"))
UPDATE: Final = Operation("update", "update", ("using-graph-uri", "using-named-graph-uri"))


def form_of(operation: Operation, address: str, content_type: str | None, body: bytes) -> Form:
    """What is asked, as a form with the protocol's own parameters only; `content_type` is None without a body."""
    if content_type is None:
        return _own(operation, _pairs(address))
    text = _decoded(body)
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == FORM:
        return _own(operation, _pairs(text))
    if media_type == operation.media_type:
        return _own(
            operation, [(operation.name, text), *(pair for pair in _pairs(address) if pair[0] != operation.name)]
        )
    raise ProtocolError(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The body must be {operation.media_type}, or a form with '{operation.name}'"
    )


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise ProtocolError(HTTPStatus.BAD_REQUEST, "The body is not UTF-8") from error


def _pairs(text: str) -> Form:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=2 * MOST_GRAPHS)
    except ValueError as error:  # also what is not UTF-8
        raise ProtocolError(HTTPStatus.BAD_REQUEST, "The parameters cannot be read, or are too many") from error


def _own(operation: Operation, pairs: Iterable[tuple[str, str]]) -> Form:
    form = [(name, value) for name, value in pairs if name == operation.name or name in operation.graphs]
    asked = [value for name, value in form if name == operation.name]
    if len(asked) != 1 or not asked[0].strip():
        raise ProtocolError(HTTPStatus.BAD_REQUEST, f"Exactly one '{operation.name}' is needed")
    if len(form) > MOST_GRAPHS:
        raise ProtocolError(HTTPStatus.BAD_REQUEST, f"At most {MOST_GRAPHS - 1} graphs may be named")
    return form


_REFUSALS: Final = (
    (
        HTTPStatus.MULTIPLE_CHOICES,
        399,
        502,
        "The graph store sends elsewhere, which is not followed: set FUSEKI_URL to it",
    ),
    (HTTPStatus.UNAUTHORIZED, 401, 502, _NOT_LET_IN),
    (HTTPStatus.FORBIDDEN, 403, 502, _NOT_LET_IN),
    (HTTPStatus.NOT_FOUND, 404, 404, "The graph store has no dataset '{dataset}', or takes no {operation} there"),
    (HTTPStatus.NOT_ACCEPTABLE, 406, 406, "The graph store has no such form of an answer: {said}"),
    (HTTPStatus.BAD_REQUEST, 499, 400, "The graph store does not take this {operation}: {said}"),
)
"""First and last status of a store, what is answered, and the sentence; the first that fits counts."""


def refusal_of(operation: Operation, dataset: str, status: int, text: str) -> ProtocolError | None:
    """What a client is told for an answer of the store; None when it is what was asked for."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    fitting = ((told, sentence) for first, last, told, sentence in _REFUSALS if first <= status <= last)
    told, sentence = next(fitting, (502, "The graph store could not do it ({status}): {said}"))
    return ProtocolError(
        told, sentence.format(dataset=dataset, operation=operation.name, status=status, said=bounded(text))
    )


def bounded(text: str) -> str:
    """What a store says, short enough and without control characters."""
    plain = _UNPRINTABLE.sub(" ", text).strip()
    return plain[:_LONGEST_TEXT] or "it does not say why"


def media_type_of(content_type: str) -> str:
    """The media type that an answer is passed on with: what is no result is never shown or run by a browser."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in RESULTS:
        return "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
