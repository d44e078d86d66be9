"""What the build is made of, and how it comes to the browser."""

import gzip
import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from wactorz_testing.system import System

pytestmark = pytest.mark.browser

INITIAL_BYTES = 250_000
"""Of JavaScript, gzipped, before the page can be used."""


def initial(manifest: dict[str, dict[str, object]], name: str, seen: set[str]) -> set[str]:
    """The chunks that come with a chunk at once."""
    if name not in seen:
        seen.add(name)
        for needed in manifest[name].get("imports", []):
            initial(manifest, str(needed), seen)
    return seen


def test_the_page_begins_with_little_code(built_page: Path) -> None:
    manifest = json.loads((built_page / ".vite" / "manifest.json").read_text())
    chunks = initial(manifest, "index.html", set())
    sizes = {name: len(gzip.compress((built_page / str(manifest[name]["file"])).read_bytes(), 9)) for name in chunks}
    print(sizes)
    assert sum(sizes.values()) <= INITIAL_BYTES
    assert not any("babylon" in name for name in chunks)


def test_nothing_of_the_page_comes_from_another_host(built_page: Path) -> None:
    page = (built_page / "index.html").read_text()
    assert "http://" not in page
    assert "https://" not in page
    assert " style=" not in page


def test_what_stands_in_the_page_itself_is_let_run_by_its_hash_alone(built_page: Path, system: System) -> None:
    inline = re.findall(r"<script>(.*?)</script>", (built_page / "index.html").read_text(), re.DOTALL)
    hashes = {f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in inline}
    policy = httpx.get(system.url).headers["content-security-policy"]
    (allowed,) = [part.split()[1:] for part in policy.split("; ") if part.startswith("script-src ")]
    assert len(inline) == 1
    assert set(allowed) == {"'self'", *hashes}


def test_what_is_built_is_served_packed(built_page: Path, system: System) -> None:
    page = httpx.get(system.url)
    assert page.text == (built_page / "index.html").read_text()
    assert page.headers["cache-control"] == "no-cache"
    (script,) = [path for path in (built_page / "assets").glob("index-*.js") if f"/assets/{path.name}" in page.text]
    for encoding in ("br", "gzip"):
        got = httpx.get(f"{system.url}/assets/{script.name}", headers={"accept-encoding": encoding})
        assert got.headers["content-encoding"] == encoding
        assert "immutable" in got.headers["cache-control"]
        assert got.headers["content-type"].startswith("text/javascript")
    assert 'src="/page/app.js"' in httpx.get(f"{system.url}/plain").text
