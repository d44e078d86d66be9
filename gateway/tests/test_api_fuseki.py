"""The knowledge graph through the whole application, against a store that speaks the protocol."""

import asyncio

import httpx
import pytest
from aiohttp import web

from wactorz_gateway.graph.store import AT_ONCE, BrokenOffError, GraphStore, Patience
from wactorz_gateway.settings import GatewaySettings
from wactorz_testing.sparql_server import SparqlServer

from .test_api_session import accounts_of, add, log_in, set_up, sign
from .test_app import assert_problem, client_of, make_app

LOGIN = ("admin", "canary-secret-77")
SELECT = "SELECT ?o WHERE { ?s ?p ?o } ORDER BY ?o"
ASK_PATH, CHANGE_PATH = "/api/fuseki/wactorz/sparql", "/api/fuseki/wactorz/update"
FORM = {"content-type": "application/x-www-form-urlencoded"}
QUERY = {"content-type": "application/sparql-query"}
UPDATE = {"content-type": "application/sparql-update"}
INSERT = 'INSERT DATA { <http://e/kitchen> <http://e/has> "lamp, \\"red\\"" }'


@pytest.fixture
async def server():
    async with SparqlServer(login=LOGIN) as running:
        yield running


@pytest.fixture
def app(tmp_path, server):
    return make_app(tmp_path, FUSEKI_URL=f"{server.url}/", FUSEKI_USER=LOGIN[0], FUSEKI_PASSWORD=LOGIN[1])


@pytest.fixture
async def client(app):
    async with client_of(app) as made:
        yield made


async def test_what_is_inserted_is_found_in_every_form(client, server):
    done = await client.post(CHANGE_PATH, content=INSERT, headers=UPDATE)
    assert (done.status_code, done.content) == (204, b"")
    found = await client.get(ASK_PATH, params={"query": SELECT})
    assert found.json()["results"]["bindings"][0]["o"]["value"] == 'lamp, "red"'
    for accept, part in (
        ("application/sparql-results+json", '"bindings"'), ("application/sparql-results+xml", "<binding"),
        ("text/csv", '"lamp, ""red"""'), ("text/tab-separated-values", "?o"),
    ):  # fmt: skip
        answer = await client.post(ASK_PATH, content=SELECT, headers={**QUERY, "accept": accept})
        assert answer.headers["content-type"].partition(";")[0] == accept
        assert part in answer.text
    graph = {"query": "CONSTRUCT WHERE { ?s ?p ?o }"}
    turtle = await client.post(ASK_PATH, data=graph, headers={"accept": "text/turtle"})
    assert turtle.headers["content-type"] == "text/turtle; charset=utf-8"
    assert "<http://e/kitchen>" in turtle.text
    assert_problem(await client.post(ASK_PATH, data=graph, headers={"accept": "image/png"}), 406)
    assert {one.path for one in server.requests} == {"/wactorz/sparql", "/wactorz/update"}


async def test_graphs_that_are_named_are_asked(client, server):
    server.datasets["wactorz"].update('INSERT DATA { GRAPH <http://e/g> { <http://e/a> <http://e/b> "in g" } }')
    ask = {"query": SELECT}
    assert (await client.get(ASK_PATH, params=ask)).json()["results"]["bindings"] == []
    found = await client.get(ASK_PATH, params={**ask, "default-graph-uri": "http://e/g"})
    assert found.json()["results"]["bindings"][0]["o"]["value"] == "in g"


async def test_a_graph_whose_name_is_none_is_the_callers_fault(client):
    params = {"query": SELECT, "named-graph-uri": "http://e/\x04"}
    answer = await client.get(ASK_PATH, params=params)
    assert_problem(answer, 400)
    assert "does not take this query" in answer.json()["detail"]


async def test_only_the_protocol_goes_on_to_the_store(client, server):
    await client.get(
        ASK_PATH, params={"query": "ASK {}", "format": "csv", "update": "CLEAR ALL"},
        headers={"x-forwarded-host": "evil.example", "cookie": "a=b", "authorization": "Bearer x"},
    )  # fmt: skip
    (asked,) = server.requests
    assert asked.form == [("query", "ASK {}")]
    assert not {"Cookie", "X-Forwarded-Host"} & asked.headers.keys()
    assert asked.headers["Authorization"].startswith("Basic ")
    assert asked.headers["Accept-Encoding"] == "identity"


async def test_a_change_is_written_down_and_a_question_is_not(client, app):
    await client.post(CHANGE_PATH, content=INSERT, headers=UPDATE)
    await client.post(CHANGE_PATH, content="INSERT nonsense", headers=UPDATE)
    await client.post(ASK_PATH, content=SELECT, headers=QUERY)
    rows = accounts_of(app).changes.disk.connection.execute("SELECT route, target, status FROM changes").fetchall()
    route = "/api/fuseki/{dataset}/update"
    assert rows == [(route, "wactorz", 204), (route, "wactorz", 400)]


async def test_it_is_for_admins(app):
    async with client_of(app) as owner, client_of(app) as ben, client_of(app) as stranger:
        await set_up(app, owner)
        await add(app, "ben", "user")
        sign(ben, await log_in(ben, "ben"))
        for client, status in ((ben, 403), (stranger, 401)):
            assert_problem(await client.get(ASK_PATH, params={"query": "ASK {}"}), status)
            assert_problem(await client.post(ASK_PATH, content="ASK {}", headers=QUERY), status)
            assert_problem(await client.post(CHANGE_PATH, content="CLEAR ALL", headers=UPDATE), status)
        del owner.headers["x-csrf-token"]
        assert_problem(await owner.post(CHANGE_PATH, content="update=CLEAR+ALL", headers=FORM), 403)


async def test_a_form_of_another_site_is_refused(client, server):
    headers = {**FORM, "origin": "http://evil.example"}
    assert_problem(await client.post(CHANGE_PATH, content="update=CLEAR+ALL", headers=headers), 403)
    assert server.requests == []


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example"}])
async def test_no_page_of_another_site_has_the_store_asked(client, server, headers):
    """Nobody could read the answer there, but SERVICE in a query tells others."""
    query = {"query": "SELECT * WHERE { SERVICE <http://evil.example/> { ?s ?p ?o } }"}
    assert_problem(await client.get(ASK_PATH, params=query, headers=headers), 403)
    assert server.requests == []


async def test_what_the_store_does_not_understand_is_told_in_its_words(client):
    answer = await client.post(ASK_PATH, content="SELEC", headers=QUERY)
    assert_problem(answer, 400)
    assert "Parse error: error at 1:6" in answer.json()["detail"]
    assert_problem(await client.post(ASK_PATH, content="ASK {}", headers={"content-type": "text/plain"}), 415)
    assert_problem(await client.post(ASK_PATH, content=b"x" * 1_100_000, headers=QUERY), 413)
    assert_problem(await client.get("/api/fuseki/other/sparql", params={"query": "ASK {}"}), 404)


@pytest.mark.parametrize("name", ["..", "%2e%2e", "a%2fb", "$", "a;b", "%00", "-", "x" * 65, "%C3%A4"])
async def test_a_dataset_is_one_plain_name(client, server, name):
    answer = await client.get(f"/api/fuseki/{name}/sparql", params={"query": "ASK {}"})
    assert answer.status_code in (404, 422)
    assert server.requests == []


async def test_no_redirect_is_followed(client, server):
    async def elsewhere(_request):
        raise web.HTTPFound("/other/sparql")

    server.answer.append(elsewhere)
    answer = await client.get(ASK_PATH, params={"query": "ASK {}"})
    assert_problem(answer, 502)
    assert len(server.requests) == 1


async def test_a_wrong_login_is_the_gateways_trouble_and_is_not_shown(tmp_path, server):
    app = make_app(tmp_path, FUSEKI_URL=server.url, FUSEKI_USER="admin", FUSEKI_PASSWORD="wrong-canary")
    async with client_of(app) as client:
        answer = await client.get(ASK_PATH, params={"query": "ASK {}"})
    assert_problem(answer, 502)
    assert "FUSEKI_PASSWORD" in answer.json()["detail"]
    assert "canary" not in answer.text


async def test_a_page_of_the_store_is_never_shown(client, server):
    async def page(_request):
        return web.Response(
            text="<script>alert(1)</script>", content_type="text/html", headers={"set-cookie": "a=b", "x-more": "1"}
        )

    server.answer.append(page)
    answer = await client.get(ASK_PATH, params={"query": "ASK {}"})
    assert answer.headers["content-type"] == "application/octet-stream"
    assert not {"set-cookie", "x-more"} & answer.headers.keys()


async def test_without_a_store_it_is_said_what_to_set(tmp_path):
    async with client_of(make_app(tmp_path)) as client:
        for answer in (
            await client.get(ASK_PATH, params={"query": "ASK {}"}),
            await client.post(CHANGE_PATH, content=INSERT, headers=UPDATE),
        ):
            assert_problem(answer, 503)
            assert "FUSEKI_URL" in answer.json()["detail"]


async def test_a_store_that_is_away_is_said(tmp_path):
    async with client_of(make_app(tmp_path, FUSEKI_URL="http://127.0.0.1:9")) as client:
        answer = await client.post(CHANGE_PATH, content=INSERT, headers=UPDATE)
        assert_problem(answer, 502)
        assert "nothing was done" in answer.json()["detail"]


async def test_an_update_without_an_answer_is_not_called_done(client, server):
    async def cut(request):
        request.transport.abort()
        return web.Response()

    server.answer.append(cut)
    answer = await client.post(CHANGE_PATH, content=INSERT, headers=UPDATE)
    assert_problem(answer, 504)
    assert "not certain" in answer.json()["detail"]


async def test_a_store_that_takes_too_long_is_not_waited_for(app, client, server):
    async def never(_request):
        await asyncio.Event().wait()

    app.state.graph.patience = Patience(connect=0.1, first=0.1)
    server.answer.append(never)
    answer = await client.get(ASK_PATH, params={"query": "ASK {}"})
    assert_problem(answer, 504)
    assert "LIMIT" in answer.json()["detail"]
    assert app.state.graph._asking == 0


async def test_an_answer_without_end_breaks_off(app, server):
    async def flood(request):
        answer = web.StreamResponse(headers={"content-type": "text/csv"})
        await answer.prepare(request)
        while True:
            await answer.write(b"x" * 10_000)

    app.state.graph.most_bytes = 100_000
    server.answer.append(flood)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        with pytest.raises(BrokenOffError):
            await client.get(ASK_PATH, params={"query": "ASK {}"})
    assert app.state.graph._asking == 0


async def test_only_so_many_ask_at_once(app, client, server):
    asked, may_answer = asyncio.Semaphore(0), asyncio.Event()

    async def slowly(_request):
        asked.release()
        await may_answer.wait()
        return web.json_response({})

    server.answer.extend([slowly] * AT_ONCE)
    waiting = [asyncio.ensure_future(client.get(ASK_PATH, params={"query": "ASK {}"})) for _ in range(AT_ONCE)]
    for _ in waiting:
        await asked.acquire()
    assert_problem(await client.get(ASK_PATH, params={"query": "ASK {}"}), 503)
    may_answer.set()
    assert [one.status_code for one in await asyncio.gather(*waiting)] == [200] * AT_ONCE
    assert app.state.graph._asking == 0


@pytest.mark.parametrize("url", ["fuseki:3030", "ftp://e", "http://", "http://u:p@e", "http://e/?a", "http://e/#a"])
def test_the_address_is_only_a_place(url):
    with pytest.raises(ValueError, match=r"write http|an address has"):
        GatewaySettings.model_validate({"FUSEKI_URL": url})


def test_the_password_is_never_shown():
    assert "canary" not in repr(GatewaySettings.model_validate({"FUSEKI_PASSWORD": "canary-1"}))
    assert GraphStore("").patience == Patience()
