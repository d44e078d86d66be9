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


async def test_it_is_served(tmp_path):
    async with client_of(make_app(tmp_path)) as client:
        served = (await client.get("/api/openapi.json")).json()
    assert served["paths"].keys() >= {"/api/house", "/api/agents", "/api/blobs"}


def test_every_success_of_an_operation_has_a_form(document):
    for method, path, one in operations(document):
        told = {status for status, answer in one["responses"].items() if answer.get("content")}
        assert {status for status in one["responses"] if status in ("200", "201", "202")} <= told, (method, path)
