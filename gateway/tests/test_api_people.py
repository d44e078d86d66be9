"""Who may change whom, through the whole application."""

import pytest

from .test_api_session import OTHER, PASSWORD, accounts_of, add, log_in, set_up, sign
from .test_app import assert_problem, client_of, make_app


@pytest.fixture
def app(tmp_path):
    return make_app(tmp_path)


async def test_an_account_is_made_changed_and_deleted(app):
    async with client_of(app) as client, client_of(app) as ben:
        await set_up(app, client)
        made = await client.post("/api/people", json={"name": "ben", "role": "viewer", "password": PASSWORD})
        assert made.status_code == 201
        assert made.json() == {
            "name": "ben", "role": "viewer", "created_at": made.json()["created_at"], "last_seen": None, "disabled": False
        }  # fmt: skip
        assert_problem(
            await client.post("/api/people", json={"name": "BEN", "role": "user", "password": PASSWORD}), 409
        )
        sign(ben, await log_in(ben, "ben"))
        assert_problem(await ben.post("/api/chat", json={"message": "hi"}), 403)
        assert_problem(await ben.get("/api/people"), 403)
        await client.patch("/api/people/ben", json={"role": "user", "password": OTHER})
        assert (await log_in(ben, "ben")).status_code == 401
        sign(ben, await log_in(ben, "ben", OTHER))
        assert (await ben.post("/api/chat", json={"message": "hi"})).status_code == 200
        listed = (await client.get("/api/people")).json()
        assert [(one["name"], one["role"], one["last_seen"] is not None) for one in listed] == [
            ("ann", "owner", True), ("ben", "user", True)
        ]  # fmt: skip
        assert (await client.delete("/api/people/ben")).status_code == 200
        assert_problem(await client.delete("/api/people/ben"), 404)


async def test_nobody_changes_themselves_and_the_last_owner_stays(app):
    async with client_of(app) as client, client_of(app) as other:
        await set_up(app, client)
        assert_problem(await client.patch("/api/people/ann", json={"role": "viewer"}), 403)
        assert_problem(await client.delete("/api/people/ANN"), 403)
        await add(app, "ben", "owner")
        sign(other, await log_in(other, "ben"))
        assert (await other.patch("/api/people/ann", json={"disabled": True})).status_code == 200
        accounts_of(app).local.make()
        here = {"x-api-key": accounts_of(app).local.path.read_text().strip()}
        async with client_of(app, headers=here) as machine:
            for change in ({"role": "admin"}, {"disabled": True}):
                assert_problem(await machine.patch("/api/people/ben", json=change), 409)
            assert_problem(await machine.delete("/api/people/ben"), 409)
            assert (await machine.patch("/api/people/ben", json={"password": OTHER})).status_code == 200
        assert (await log_in(other, "ben", OTHER)).status_code == 200


async def test_an_admin_is_no_owner(app):
    async with client_of(app) as client, client_of(app) as ben:
        await set_up(app, client)
        await add(app, "ben", "admin")
        await add(app, "cleo", "owner")
        sign(ben, await log_in(ben, "ben"))
        for name, change in (("cleo", {"role": "user"}), ("cleo", {"disabled": True}), ("cleo", {"password": OTHER})):
            assert_problem(await ben.patch(f"/api/people/{name}", json=change), 403)
        assert_problem(await ben.delete("/api/people/cleo"), 403)
        assert_problem(await ben.post("/api/people", json={"name": "dan", "role": "owner", "password": PASSWORD}), 403)
        assert (
            await ben.post("/api/people", json={"name": "dan", "role": "admin", "password": PASSWORD})
        ).status_code == 201
        assert_problem(await ben.patch("/api/people/dan", json={"role": "owner"}), 403)
        assert (await ben.patch("/api/people/dan", json={"role": "viewer"})).status_code == 200
        cleos = [one["id"] for one in (await ben.get("/api/sessions")).json() if one["person"] == "ann"]
        assert_problem(await ben.delete(f"/api/sessions/{cleos[0]}"), 404)
        assert_problem(await ben.post("/api/restore", content=b"x", headers={"content-type": "application/x-tar"}), 403)


async def test_the_first_owner_may_also_be_made_by_whoever_is_owner_without_login(app):
    async with client_of(app) as client:
        accounts_of(app).code.make()
        made = await client.post("/api/people", json={"name": "ann", "role": "owner", "password": PASSWORD})
        assert made.status_code == 201
        assert not accounts_of(app).code.path.exists()
        assert_problem(await client.get("/api/actors"), 401)


@pytest.mark.parametrize(
    "body",
    [{"role": "king"}, {"role": ""}, {"disabled": "perhaps"}, {"password": "short"}, {"password": "x" * 257}, {"name": "x"},
     {"password": "password1"}, {"password": "bbbbbbbbbbbb"}, {"password": "tab\tand more"}],
)  # fmt: skip
async def test_wrong_changes_are_refused_without_repeating_them(app, body):
    async with client_of(app) as client:
        await set_up(app, client)
        await add(app, "ben", "user")
        refused = await client.patch("/api/people/ben", json=body)
        assert_problem(refused, 422)
        if "password" in body:
            assert body["password"] not in refused.text


async def test_a_number_that_no_record_has_is_a_wrong_field(app):
    async with client_of(app) as client:
        assert_problem(await client.get(f"/api/changes?before={10**30}"), 422)
        assert (await client.get(f"/api/changes?before={2**63 - 1}")).status_code == 200
