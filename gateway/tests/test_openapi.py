"""The OpenAPI document: complete, with examples that hold, and with who may come in."""

from collections import Counter

import jsonschema_rs
import pytest

from wactorz_gateway.accounts.rights import OPEN, Rights
from wactorz_gateway.openapi import TAGS

from .test_app import client_of, make_app


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    return make_app(tmp_path_factory.mktemp("app")).openapi()


def operations(document):
    return [(method, path, one) for path, each in document["paths"].items() for method, one in each.items()]


def parts_of(operation):
    yield "body", operation.get("requestBody", {})
    yield from operation["responses"].items()


def test_it_is_of_version_3_1_and_every_operation_has_its_own_name(document):
    assert document["openapi"].startswith("3.1")
    names = Counter(one["operationId"] for _, _, one in operations(document))
    assert [name for name, count in names.items() if count > 1] == []
    assert all(name.isidentifier() for name in names)
    assert len(names) > 100


def test_every_operation_says_what_it_is_and_belongs_to_a_described_tag(document):
    described = {tag["name"]: tag["description"] for tag in document["tags"]}
    assert described == TAGS
    for method, path, one in operations(document):
        assert one.get("description") or one.get("summary"), (method, path)
        assert one["tags"], (method, path)
        assert set(one["tags"]) <= described.keys(), (method, path)


def test_every_body_and_main_answer_has_an_example_that_holds(document):
    for method, path, one in operations(document):
        for where, part in parts_of(one):
            content = part.get("content", {}).get("application/json", {})
            if not content.get("schema"):
                continue
            examples = [content["example"]] if "example" in content else []
            examples += [example["value"] for example in content.get("examples", {}).values()]
            assert examples, (method, path, where)
            validator = jsonschema_rs.validator_for({**content["schema"], "components": document["components"]})
            for example in examples:
                problems = [error.message for error in validator.iter_errors(example)]
                assert problems == [], (method, path, where)


def test_every_operation_says_who_may_come_in(document):
    schemes = document["components"]["securitySchemes"]
    rights = Rights()
    for method, path, one in operations(document):
        right = rights.find(method.upper(), path)
        if right.least == OPEN:
            assert one["security"] == [{}], (method, path)
            continue
        assert {name for choice in one["security"] for name in choice} <= schemes.keys()
        assert [] not in one["security"], (method, path)
        assert {"401", "403"} <= one["responses"].keys(), (method, path)
        assert ("csrf" in one["security"][0]) == (method != "get")


def test_problems_are_told_as_problems(document):
    for method, path, one in operations(document):
        for status, response in one["responses"].items():
            content = response.get("content", {})
            if status == "default" or (status.startswith(("4", "5")) and path != "/api/health"):
                assert list(content) == ["application/problem+json"], (method, path, status)
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert {"type", "title", "status", "detail", "instance", "request_id"} <= document["components"]["schemas"][
        "Problem"
    ]["properties"].keys()


BYTES = frozenset({"application/x-tar", "application/octet-stream", "text/event-stream"})
"""Answers that no example shows."""

ALWAYS = frozenset({"get /api/health", "get /api/session", "post /api/logout"})
"""What is answered to everybody, whatever is asked."""

SHORT = frozenset({
    "/api/people", "/api/tokens", "/api/sessions", "/api/upload", "/api/chats", "/api/actors/{actor}/history",
    "/api/rules/{rule_id}/firings",
})  # fmt: skip
"""Lists that are short by their nature, or whose newest part is all that is looked at."""


def lacks(name, operation):
    """What an operation does not tell."""
    if not operation.get("summary"):
        yield f"{name}: a summary"
    told = {status: answer for status, answer in operation["responses"].items() if status.startswith("4")}
    if name not in ALWAYS and not told:
        yield f"{name}: a problem with 4xx"
    yield from (f"{name}: words for {status}" for status, answer in told.items() if not answer.get("description"))
    for where, part in parts_of(operation):
        for kind, shown in part.get("content", {}).items():
            is_problem = where == "default" or where.startswith(("4", "5"))
            is_text = kind not in BYTES and not kind.startswith(("image/", "multipart/", "application/sparql"))
            if (
                is_text
                and not is_problem
                and shown.get("schema", {}) != {}
                and not {"example", "examples"} & shown.keys()
            ):
                yield f"{name}: an example of {kind} ({where})"


def test_every_operation_tells_what_it_is_about_with_examples_and_problems(document):
    found = [lack for method, path, one in operations(document) for lack in lacks(f"{method} {path}", one)]
    assert found == []


def test_a_document_that_lacks_something_is_seen():
    content = {"application/json": {"schema": {"type": "object"}}, "application/x-tar": {"schema": {"type": "string"}}}
    bare = {"responses": {"200": {"content": content}, "422": {}}}
    assert list(lacks("get /x", bare)) == [
        "get /x: a summary", "get /x: words for 422", "get /x: an example of application/json (200)",
    ]  # fmt: skip
    assert "get /x: a problem with 4xx" in list(lacks("get /x", {"responses": {}}))


def test_every_list_comes_in_pages_or_is_short(document):
    whole = set()
    for method, path, one in operations(document):
        schema = one["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        asked = {each["name"] for each in one.get("parameters", ()) if each["in"] == "query"}
        if (
            method == "get"
            and schema.get("type") == "array"
            and not (asked >= {"limit"} and asked & {"cursor", "before"})
        ):
            whole.add(path)
    assert whole - SHORT == set()
    assert document["paths"].keys() >= SHORT


async def test_it_is_served(tmp_path):
    async with client_of(make_app(tmp_path)) as client:
        served = (await client.get("/api/openapi.json")).json()
    assert served["paths"].keys() >= {"/api/house", "/api/agents", "/api/blobs"}


def test_every_success_of_an_operation_has_a_form(document):
    for method, path, one in operations(document):
        told = {status for status, answer in one["responses"].items() if answer.get("content")}
        assert {status for status in one["responses"] if status in ("200", "201", "202")} <= told, (method, path)
