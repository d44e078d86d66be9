"""The way in, through the whole application."""

import asyncio
import re

import pytest

from .test_app import FakeBus, assert_problem, client_of, make_app

PASSWORD = "a kettle and 3 lamps"
OTHER = "four green bottles 4"


def accounts_of(app):
    return app.state.parts.accounts


async def set_up(app, client, name="ann"):
    code = accounts_of(app).code.make()
    answer = await client.post("/api/setup", json={"code": code, "name": name, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return sign(client, answer)


def sign(client, answer):
    client.headers["x-csrf-token"] = answer.json()["csrf"]
    return answer.json()


async def log_in(client, name="ann", password=PASSWORD):
    return await client.post("/api/login", json={"name": name, "password": password})


async def add(app, name, role, password=PASSWORD):
    async with client_of(app) as client:
        sign(client, await log_in(client))
        made = await client.post("/api/people", json={"name": name, "role": role, "password": password})
        assert made.status_code == 201, made.text


@pytest.fixture
def bus():
    return FakeBus()


@pytest.fixture
def app(tmp_path, bus):
    return make_app(tmp_path, bus)


async def test_without_an_owner_loopback_needs_no_login(app):
    async with client_of(app) as client:
        session = (await client.get("/api/session")).json()
        assert session == {
            "person": "owner", "role": "owner", "csrf": "", "has_owner": False, "setup_needed": True,
            "login_needed": False, "version": session["version"], "expires_at": None,
        }  # fmt: skip
        assert (await client.post("/api/chat", json={"message": "hi"})).status_code == 200


async def test_the_owner_is_made_once_and_then_everybody_logs_in(app, bus):
    async with client_of(app) as client, client_of(app) as other:
        code = accounts_of(app).code.make()
        body = {"code": code, "name": "ann", "password": PASSWORD}
        assert_problem(await client.post("/api/setup", json={**body, "code": "AAAA-BBBB-CCCC"}), 403)
        assert_problem(await client.post("/api/setup", json={**body, "name": "<b>"}), 422)
        assert_problem(await client.post("/api/setup", json={**body, "password": "short"}), 422)
        made = await client.post("/api/setup", json=body)
        assert made.status_code == 201
        session = sign(client, made)
        assert (session["person"], session["role"], session["has_owner"]) == ("ann", "owner", True)
        assert session["expires_at"] > 0
        assert_problem(await other.post("/api/setup", json=body), 409)
        assert not accounts_of(app).code.path.exists()

        assert (await other.get("/api/session")).json()["login_needed"] is True
        refused = await other.get("/api/actors")
        assert_problem(refused, 401)
        assert refused.headers["www-authenticate"].startswith("Bearer")
        assert (await other.get("/")).status_code == 200
        assert (await other.get("/healthz")).status_code == 200
        assert (await client.get("/api/actors")).status_code == 200
        assert (await client.post("/api/chat", json={"message": "hi"})).status_code == 200
    assert [message.person for message in bus.said] == ["ann"]


async def test_of_two_at_once_one_becomes_owner(app):
    code = accounts_of(app).code.make()
    async with client_of(app) as client:
        bodies = [{"code": code, "name": name, "password": PASSWORD} for name in ("ann", "ben", "cleo")]
        answers = await asyncio.gather(*(client.post("/api/setup", json=body) for body in bodies))
    assert min(answer.status_code for answer in answers) == 201
    assert {answer.status_code for answer in answers if answer.status_code != 201} <= {403, 409}
    assert len(accounts_of(app).known.people) == 1


async def test_the_code_is_read_as_people_type_it_and_not_guessed(app):
    async with client_of(app) as client:
        code = accounts_of(app).code.make()
        for _ in range(10):
            body = {"code": "x", "name": "ann", "password": PASSWORD}
            assert (await client.post("/api/setup", json=body)).status_code == 403
        slow = await client.post("/api/setup", json={"code": code, "name": "ann", "password": PASSWORD})
        assert_problem(slow, 429)
        assert 1 <= int(slow.headers["retry-after"]) <= 6
        accounts_of(app).failures._tries.clear()
        typed = code.replace("-", " ").lower()
        assert (
            await client.post("/api/setup", json={"code": typed, "name": "ann", "password": PASSWORD})
        ).status_code == 201


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
async def test_the_cookie_is_only_for_this_site(app, scheme, secure):
    async with client_of(app) as client:
        await set_up(app, client)
        answer = await client.post(
            "/api/login", json={"name": "ann", "password": PASSWORD}, headers={"origin": f"{scheme}://127.0.0.1:8080"}
        )
    cookie = answer.headers["set-cookie"]
    found = re.fullmatch(
        r"wactorz_session=([\w-]{43}); Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict(; Secure)?", cookie
    )
    assert found
    assert bool(found[2]) is secure
    assert found[1] not in answer.text


async def test_a_write_by_cookie_needs_the_csrf_token(app, bus):
    async with client_of(app) as client:
        await set_up(app, client)
        good = client.headers.pop("x-csrf-token")
        for wrong in (
            {},
            {"x-csrf-token": ""},
            {"x-csrf-token": "a" * 43},
            {"x-csrf-token": good + "x"},
            {"x-csrf-token": "ü"},
        ):
            headers = {name: value.encode() for name, value in wrong.items()}
            assert_problem(await client.post("/api/chat", json={"message": "hi"}, headers=headers), 403)
        assert (await client.get("/api/session")).json()["csrf"] == good
        fine = await client.post("/api/chat", json={"message": "hi"}, headers={"x-csrf-token": good})
        assert fine.status_code == 200
        foreign = {"x-csrf-token": good, "origin": "http://evil.example"}
        assert_problem(await client.post("/api/chat", json={"message": "hi"}, headers=foreign), 403)
    assert len(bus.said) == 1


async def test_a_replayed_cookie_is_refused_after_logout_password_change_and_disabling(app):
    async with client_of(app) as client, client_of(app) as other:
        await set_up(app, client)
        await add(app, "ben", "admin")
        for end in ("logout", "password", "disabled", "role", "deleted"):
            password = OTHER if end in ("disabled", "role", "deleted") else PASSWORD
            sign(other, await log_in(other, "ben", password))
            replayed = {"cookie": f"wactorz_session={other.cookies['wactorz_session']}"}
            other.cookies.clear()
            assert (await other.get("/api/actors", headers=replayed)).status_code == 200
            if end == "logout":
                left = await other.post("/api/logout", headers=replayed)
                assert left.json()["role"] == ""
                assert "Max-Age=0" in left.headers["set-cookie"]
            elif end == "password":
                body = {"old": PASSWORD, "new": OTHER}
                changed = await other.post("/api/password", json=body, headers=replayed)
                assert changed.status_code == 200
                fresh = {"cookie": f"wactorz_session={other.cookies['wactorz_session']}"}
                assert fresh != replayed
                other.cookies.clear()
                assert (await other.get("/api/actors", headers=fresh)).status_code == 200
            elif end == "deleted":
                assert (await client.delete("/api/people/ben")).status_code == 200
            else:
                change = {"disabled": True} if end == "disabled" else {"role": "user"}
                assert (await client.patch("/api/people/ben", json=change)).status_code == 200
            gone = await other.get("/api/actors", headers=replayed)
            assert (end, gone.status_code) == (end, 401)
            cleared = await other.get("/api/session", headers=replayed)
            assert cleared.json()["role"] == ""
            assert "Max-Age=0" in cleared.headers["set-cookie"]
            other.cookies.clear()
            if end == "disabled":
                assert (await log_in(other, "ben", OTHER)).status_code == 401
                assert (await client.patch("/api/people/ben", json={"disabled": False})).status_code == 200


async def test_a_login_gets_a_new_session_and_ends_the_one_before(app):
    async with client_of(app) as client:
        await set_up(app, client)
        before = client.cookies["wactorz_session"]
        sign(client, await log_in(client))
        assert client.cookies["wactorz_session"] != before
        client.cookies.set("wactorz_session", before)
        assert (await client.get("/api/actors")).status_code == 401


async def test_a_chosen_session_id_is_never_taken_on(app):
    async with client_of(app) as client:
        await set_up(app, client)
        async with client_of(app, cookies={"wactorz_session": "chosen-by-an-attacker"}) as victim:
            await log_in(victim)
            assert all(
                value != "chosen-by-an-attacker" for value in victim.cookies.jar._cookies["127.0.0.1"]["/"].values()
            )
        async with client_of(app, headers={"cookie": "wactorz_session=chosen-by-an-attacker"}) as attacker:
            assert (await attacker.get("/api/actors")).status_code == 401


async def test_guessing_a_password_is_slowed_down_and_counted(app):
    async with client_of(app) as client, client_of(app) as other:
        await set_up(app, client)
        statuses = [(await log_in(other, "ann", f"guess number {n}")).status_code for n in range(8)]
        assert statuses == [401] * 5 + [429] * 3
        slow = await log_in(other)
        assert_problem(slow, 429)
        assert int(slow.headers["retry-after"]) <= 6
        assert (await client.get("/api/actors")).status_code == 200
        metrics = (await client.get("/metrics")).text
        assert 'wactorz_auth_refused_total{reason="password"} 9.0' in metrics
        changes = (await client.get("/api/changes")).json()
    tried = [change for change in changes if change["route"] == "/api/login"]
    assert {(change["status"], change["target"], change["detail"]) for change in tried} == {(401, "ann", "login")}


async def test_many_guesses_at_once_are_many_guesses(app):
    async with client_of(app) as client, client_of(app) as other:
        await set_up(app, client)
        answers = await asyncio.gather(*(log_in(other, "ann", f"guess number {n}") for n in range(30)))
        assert sum(answer.status_code == 401 for answer in answers) <= 5


async def test_a_name_that_nobody_has_is_not_told_apart_nor_written_down(app):
    async with client_of(app) as client, client_of(app) as other:
        await set_up(app, client)
        wrong, nobody = await log_in(other, "ann", "not the password"), await log_in(other, "my secret password", "x")
        assert (wrong.status_code, wrong.json()["detail"]) == (nobody.status_code, nobody.json()["detail"])
        assert "my secret password" not in (await client.get("/api/changes")).text


async def test_the_old_password_is_asked_for(app):
    async with client_of(app) as client:
        await set_up(app, client)
        assert_problem(await client.post("/api/password", json={"old": "wrong one here", "new": OTHER}), 403)
        assert_problem(await client.post("/api/password", json={"old": PASSWORD, "new": "aaaaaaaa"}), 422)
        sign(client, await client.post("/api/password", json={"old": PASSWORD, "new": OTHER}))
        assert (await client.post("/api/chat", json={"message": "hi"})).status_code == 200
        assert (await log_in(client, "ann", PASSWORD)).status_code == 401
        assert (await log_in(client, "ANN", OTHER)).status_code == 200


async def test_a_token_cannot_change_the_password(tmp_path):
    async with client_of(make_app(tmp_path, api_token="secret-1"), headers={"x-api-key": "secret-1"}) as client:
        assert_problem(await client.post("/api/password", json={"old": PASSWORD, "new": OTHER}), 409)


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("user", 403), ("admin", 204)])
async def test_a_proxy_may_ask_whether_somebody_is_an_admin(app, role, status):
    async with client_of(app) as client, client_of(app) as ben:
        await set_up(app, client)
        await add(app, "ben", role)
        assert (await ben.get("/api/admission")).status_code == 401
        sign(ben, await log_in(ben, "ben"))
        answer = await ben.get("/api/admission")
        assert (answer.status_code, bool(answer.content)) == (status, status != 204)


async def test_sessions_are_listed_and_ended(app):
    async with client_of(app, headers={"user-agent": "Kitchen\x7ftablet"}) as client, client_of(app) as ben:
        await set_up(app, client)
        await add(app, "ben", "user")
        sign(ben, await log_in(ben, "ben"))
        everybody = (await client.get("/api/sessions")).json()
        assert [(one["person"], one["current"]) for one in everybody if one["person"] == "ben" or one["current"]] == [
            ("ben", False), ("ann", True)
        ]  # fmt: skip
        assert {one["agent"] for one in everybody if one["current"]} == {"Kitchentablet"}
        own = (await ben.get("/api/sessions")).json()
        assert [(one["person"], one["current"]) for one in own] == [("ben", True)]
        ann = next(one["id"] for one in everybody if one["current"])
        assert_problem(await ben.delete(f"/api/sessions/{ann}"), 404)
        assert (await client.delete(f"/api/sessions/{own[0]['id']}")).status_code == 204
        assert (await ben.get("/api/actors")).status_code == 401


async def test_a_disk_that_fails_ends_the_session_all_the_same(app):
    async with client_of(app) as client:
        await set_up(app, client)
        accounts_of(app)._disk.broken = OSError("disk")
        assert (await client.post("/api/logout")).status_code == 500
        accounts_of(app)._disk.broken = None
        assert (await client.get("/api/actors")).status_code == 401


async def test_nobody_comes_in_from_another_machine_while_there_is_no_owner(tmp_path):
    async with client_of(make_app(tmp_path, http_bind="0.0.0.0")) as client:
        assert_problem(await client.get("/api/actors"), 401)
        assert (await client.get("/api/session")).json()["login_needed"] is True


async def test_tokens_of_the_settings_keep_working_beside_accounts(tmp_path):
    app = make_app(tmp_path, api_token="secret-1", http_persons="ben:secret-2")
    async with client_of(app) as client:
        await set_up(app, client)
    for headers, role in (
        ({"x-api-key": "secret-1"}, "owner"), ({"authorization": "Bearer secret-2"}, "admin"),
        ({"authorization": "Basic bWU6c2VjcmV0LTE="}, "owner"),
    ):  # fmt: skip
        async with client_of(app, headers=headers) as client:
            assert (await client.get("/api/session")).json()["role"] == role
            assert (await client.post("/api/chat", json={"message": "hi"})).status_code == 200


@pytest.mark.parametrize("name", ["ben", "BEN", "cleo"])
async def test_names_of_the_settings_are_nobody_elses(tmp_path, name):
    app = make_app(tmp_path, http_persons="ben:secret-2", http_owner="cleo")
    async with client_of(app) as client:
        await set_up(app, client)
        body = {"name": name, "role": "user", "password": PASSWORD}
        assert_problem(await client.post("/api/people", json=body), 409)


async def test_what_only_looks_is_no_change(app):
    async with client_of(app) as client:
        await set_up(app, client)
        assert (await client.post("/api/mqtt-ticket")).status_code == 201
        written = (await client.get("/api/changes")).json()
        assert [change["route"] for change in written] == ["/api/setup"]
