"""The routes of the page."""

import httpx
import pytest
from fastapi import FastAPI

from wactorz_gateway.api import page
from wactorz_gateway.builtpage import BuiltPage


def client_of(folder):
    app = FastAPI()
    app.include_router(page.router)
    app.state.page = BuiltPage(str(folder))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "icons").mkdir()
    for name in ("index.html", "sw.js", "manifest.webmanifest", "icon.svg", "assets/a-1.js", "icons/a.png"):
        (tmp_path / name).write_text(f"built {name}")
    return tmp_path


async def test_the_built_page_is_served_with_its_parts(folder):
    async with client_of(folder) as client:
        for path, name in (("/", "index.html"), ("/favicon.ico", "icon.svg")):
            assert (await client.get(path)).text == f"built {name}"
        for name in ("sw.js", "manifest.webmanifest", "icon.svg", "assets/a-1.js", "icons/a.png"):
            assert (await client.get(f"/{name}")).text == f"built {name}"
        assert (await client.head("/")).status_code == 200
        for path in ("/assets/b.js", "/assets/..%2fsw.js", "/assets/%2e%2e/sw.js", "/icons/b.png", "/assets/"):
            assert (await client.get(path)).status_code == 404


async def test_the_plain_page_stays_and_stands_in_where_nothing_was_built(folder, tmp_path_factory):
    async with client_of(folder) as client:
        plain = (await client.get("/plain")).text
        assert '<script type="module" src="/page/app.js">' in plain
        assert (await client.get("/page/app.js")).headers["content-type"] == "text/javascript; charset=utf-8"
    async with client_of(tmp_path_factory.mktemp("nothing")) as client:
        assert (await client.get("/")).text == plain
        assert (await client.get("/icon.svg")).headers["content-type"] == "image/svg+xml"
        assert (await client.get("/sw.js")).status_code == 404


async def test_a_browser_asks_whether_it_has_the_newest(folder):
    async with client_of(folder) as client:
        first = await client.get("/")
        assert (await client.get("/", headers={"if-none-match": first.headers["etag"]})).status_code == 304
        assert (await client.get("/", headers={"if-none-match": '"old"'})).text == "built index.html"
