"""Files over REST, and at messages."""

import json

import pytest

from wactorz_gateway.blobs.store import BlobStore

from .test_app import FakeBus, assert_problem, client_of, make_app

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


@pytest.fixture
def bus():
    return FakeBus()


@pytest.fixture
async def client(tmp_path, bus):
    (tmp_path / "logs").mkdir()
    app = make_app(tmp_path, bus)
    app.state.parts.__dict__["blobs"] = BlobStore(tmp_path / "blobs")
    async with client_of(app, headers={"host": "127.0.0.1"}) as made:
        yield made


async def keep(client, data=PNG, name="a.png", kind="text/html"):
    return await client.post("/api/blobs", content=data, headers={"content-type": kind, "x-filename": name})


async def test_a_file_is_kept_and_never_shown_as_a_page(client):
    kept = await keep(client, name="caf%C3%A9.png")
    assert kept.status_code == 201
    blob = kept.json()
    assert (blob["name"], blob["media_type"], blob["size"]) == ("café.png", "image/png", len(PNG))
    assert "person" not in blob
    got = await client.get(f"/api/blobs/{blob['id']}")
    assert got.content == PNG
    assert got.headers["content-type"] == "image/png"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    head = await client.head(f"/api/blobs/{blob['id']}")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(PNG)), b"")
    assert (await client.delete(f"/api/blobs/{blob['id']}")).status_code == 204
    assert_problem(await client.get(f"/api/blobs/{blob['id']}"), 404)


async def test_a_page_in_a_file_is_plain_text(client):
    blob = (await keep(client, b"<html><script>alert(1)</script>", "x.html")).json()
    got = await client.get(f"/api/blobs/{blob['id']}")
    assert got.headers["content-type"].startswith("text/plain")


async def test_a_form_with_a_file(client):
    answer = await client.post("/api/upload", files={"file": ("../note.txt", b"hello", "text/html")})
    assert answer.status_code == 201
    assert (answer.json()["name"], answer.json()["media_type"]) == ("note.txt", "text/plain")
    assert [one["name"] for one in (await client.get("/api/upload")).json()] == ["note.txt"]
    assert_problem(await client.post("/api/upload", files={}, data={"a": "b"}), 415)
    two = {"file": ("a", b"1"), "other": ("b", b"2")}
    assert_problem(await client.post("/api/upload", files=two), 400)
    broken = {"content-type": "multipart/form-data; boundary=x"}
    assert_problem(await client.post("/api/upload", content=b"--x\r\nnonsense", headers=broken), 400)
    none = {"content-type": "multipart/form-data"}
    assert_problem(await client.post("/api/upload", content=b"--x", headers=none), 400)


async def test_a_file_that_is_too_large(client):
    assert_problem(await client.post("/api/blobs", content=b"x" * (25 * 1024**2 + 1)), 413)
    assert_problem(await client.post("/api/blobs", content=b"x" * (27 * 1024**2)), 413)


async def test_ids_are_nothing_else(client):
    for blob_id in ("../x", "..%2f..%2fetc", "0" * 31, "G" * 32):
        assert (await client.get(f"/api/blobs/{blob_id}")).status_code in (404, 422)


async def test_a_message_takes_files_along(client, bus):
    blob = (await keep(client)).json()
    answer = await client.post("/api/chat", json={"message": "what is this?", "attachments": [blob["id"]]})
    assert answer.status_code == 200
    (file,) = bus.said[-1].attachments
    assert (file.id, file.name, file.media_type) == (blob["id"], "a.png", "image/png")
    assert_problem(await client.post("/api/chat", json={"message": "x", "attachments": ["0" * 32]}), 422)
    assert_problem(await client.post("/api/chat", json={"message": "x", "attachments": ["../x"]}), 422)
    assert_problem(await client.post("/api/chat", json={"message": "x", "attachments": [blob["id"]] * 9}), 422)
    assert len(bus.said) == 1


async def test_a_frame_takes_files_along(client):
    from wactorz_gateway import frames  # noqa: PLC0415

    frame = frames.parse(json.dumps({"type": "chat", "content": "x", "attachments": ["0" * 32]}))
    assert frame.attachments == ["0" * 32]
