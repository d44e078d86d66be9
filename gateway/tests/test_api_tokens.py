"""API tokens, through the whole application."""

import pytest

from .test_api_session import PASSWORD, accounts_of, add, log_in, set_up, sign
from .test_app import assert_problem, client_of, make_app


@pytest.fixture
def app(tmp_path):
    return make_app(tmp_path)


async def make(client, *scopes, **more):
    made = await client.post("/api/tokens", json={"label": "hall", "scopes": list(scopes), **more})
    assert made.status_code == 201, made.text
    return made.json()


async def statuses(app, token):
    """What a token may: look, talk, move, run the system, own it."""
    async with client_of(app, headers={"authorization": f"Bearer {token}"}) as client:
        return [
            (await client.get("/api/actors")).status_code not in (401, 403),
            (await client.post("/api/chat", json={"message": "hi"})).status_code not in (401, 403),
            (await client.post("/api/home/light.x", json={"state": "on"})).status_code not in (401, 403),
            (await client.get("/api/people")).status_code not in (401, 403),
            (await client.post("/api/restore", content=b"", headers={"content-type": "application/x-tar"})).status_code
            not in (401, 403),
        ]


async def test_scopes(app):
    async with client_of(app) as client:
        await set_up(app, client)
        for scope, may in (("read", 1), ("talk", 2), ("control", 3), ("admin", 4)):
            made = await make(client, scope)
            assert made["token"].startswith(made["prefix"])
            assert len(made["prefix"]) == 8
            assert await statuses(app, made["token"]) == [True] * may + [False] * (5 - may)
        listed = (await client.get("/api/tokens")).json()
        assert len(listed) == 4
        assert all("token" not in one and one["last_used"] for one in listed)


async def test_a_token_is_never_above_its_person_also_later(app):
    async with client_of(app) as client, client_of(app) as ben:
        await set_up(app, client)
        await add(app, "ben", "user")
        sign(ben, await log_in(ben, "ben"))
        assert_problem(await ben.post("/api/tokens", json={"label": "x", "scopes": ["admin"]}), 403)
        token = (await make(ben, "control"))["token"]
        assert await statuses(app, token) == [True, True, True, False, False]
        await client.patch("/api/people/ben", json={"role": "viewer"})
        assert await statuses(app, token) == [True, False, False, False, False]
        await client.patch("/api/people/ben", json={"disabled": True})
        assert await statuses(app, token) == [False] * 5
        await client.patch("/api/people/ben", json={"disabled": False})
        assert await statuses(app, token) == [True, False, False, False, False]
        await client.delete("/api/people/ben")
        assert await statuses(app, token) == [False] * 5


async def test_a_token_makes_none_that_may_more(app):
    async with client_of(app) as client:
        await set_up(app, client)
        talk, control = (await make(client, "talk"))["token"], (await make(client, "control"))["token"]
    async with client_of(app, headers={"x-api-key": talk}) as talking:
        assert_problem(await talking.post("/api/tokens", json={"label": "x", "scopes": ["control"]}), 403)
        assert (await talking.post("/api/tokens", json={"label": "x", "scopes": ["talk"]})).status_code == 201
    async with client_of(app, headers={"x-api-key": control}) as controlling:
        assert_problem(await controlling.post("/api/tokens", json={"label": "x", "scopes": ["admin"]}), 403)
        assert (await controlling.post("/api/tokens", json={"label": "x", "scopes": ["read"]})).status_code == 201


async def test_a_token_ends_by_its_time_and_by_hand(app):
    accounts = accounts_of(app)
    moment = accounts.now()
    async with client_of(app) as client:
        await set_up(app, client)
        short, long = await make(client, "read", expires_in_s=60), await make(client, "read", expires_in_s=600)
        assert short["expires_at"] == pytest.approx(moment + 60)
        assert (await statuses(app, short["token"]))[0]
        short_token = accounts.known.tokens[short["id"]]
        short_token.expires_at = moment - 1
        assert not (await statuses(app, short["token"]))[0]
        await accounts.keys.sweep()
        assert short["id"] not in accounts.known.tokens
        assert (await client.delete(f"/api/tokens/{long['id']}")).status_code == 204
        assert not (await statuses(app, long["token"]))[0]
        assert_problem(await client.delete(f"/api/tokens/{long['id']}"), 404)


async def test_only_admins_see_the_tokens_of_others(app):
    async with client_of(app) as client, client_of(app) as ben:
        await set_up(app, client)
        await add(app, "ben", "user")
        sign(ben, await log_in(ben, "ben"))
        anns, bens = await make(client, "read"), await make(ben, "read")
        assert {one["person"] for one in (await client.get("/api/tokens")).json()} == {"ann", "ben"}
        assert {one["person"] for one in (await ben.get("/api/tokens")).json()} == {"ben"}
        assert_problem(await ben.delete(f"/api/tokens/{anns['id']}"), 404)
        assert (await client.delete(f"/api/tokens/{bens['id']}")).status_code == 204


async def test_who_has_no_account_has_no_tokens(app):
    async with client_of(app) as client:
        assert_problem(await client.post("/api/tokens", json={"label": "x", "scopes": ["read"]}), 409)


@pytest.mark.parametrize(
    "body",
    [{"label": "", "scopes": ["read"]}, {"label": "x", "scopes": []}, {"label": "x", "scopes": ["root"]},
     {"label": "x\n", "scopes": ["read"]}, {"label": "x" * 65, "scopes": ["read"]},
     {"label": "x", "scopes": ["read"], "expires_in_s": 0}, {"label": "x", "scopes": ["read"], "expires_in_s": 1e12}],
)  # fmt: skip
async def test_wrong_wishes(app, body):
    async with client_of(app) as client:
        await set_up(app, client)
        assert_problem(await client.post("/api/tokens", json=body), 422)


async def test_a_token_of_somebody_else_does_not_open_a_session(app):
    async with client_of(app) as client:
        await set_up(app, client)
        token = (await make(client, "admin"))["token"]
    async with client_of(app, headers={"x-api-key": token}) as program:
        session = (await program.get("/api/session")).json()
        assert (session["person"], session["role"], session["csrf"], session["expires_at"]) == (
            "ann",
            "admin",
            "",
            None,
        )
        assert_problem(await program.post("/api/password", json={"old": PASSWORD, "new": "other words 5"}), 409)
        sent_twice = await program.get("/api/actors", headers={"cookie": "wactorz_session=wrong"})
        assert sent_twice.status_code == 200
