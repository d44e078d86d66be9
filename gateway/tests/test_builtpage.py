"""The files of the built dashboard."""

import gzip
import os

import pytest

from wactorz_gateway.builtpage import BuiltPage

SCRIPT = b"export const a = 1;\n" * 100


@pytest.fixture
def folder(tmp_path):
    built = tmp_path / "dist"
    (built / "assets").mkdir(parents=True)
    (built / ".vite").mkdir()
    (built / "index.html").write_text("<!doctype html><title>Küche</title>")
    (built / "assets/index-Ab12.js").write_bytes(SCRIPT)
    (built / "assets/index-Ab12.js.gz").write_bytes(gzip.compress(SCRIPT))
    (built / "assets/index-Ab12.js.br").write_bytes(b"brotli")
    (built / "manifest.webmanifest").write_text("{}")
    (built / ".vite/manifest.json").write_text("{}")
    (tmp_path / "secret").write_text("canary")
    (built / "assets/link.js").symlink_to(tmp_path / "secret")
    return built


def answer(page, name, accepted="", known=""):
    return page.find(name).answer(accepted, known)


def test_what_is_hashed_is_kept_for_a_year_and_everything_else_is_asked_for(folder):
    page = BuiltPage(str(folder))
    assert answer(page, "assets/index-Ab12.js").headers["cache-control"] == "public, max-age=31536000, immutable"
    for name in ("index.html", "manifest.webmanifest"):
        assert answer(page, name).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("GZIP;q=0.5", "gzip"), ("br;q=0, gzip", "gzip"),
        ("", None), ("identity", None), ("br; q=0.0, gzip; q=0", None), ("brotli", None),
    ],
)  # fmt: skip
def test_the_best_encoding_that_is_accepted_is_sent(folder, accepted, encoding):
    got = answer(BuiltPage(str(folder)), "assets/index-Ab12.js", accepted)
    assert got.headers.get("content-encoding") == encoding
    assert got.headers["content-type"] == "text/javascript; charset=utf-8"
    assert got.headers["vary"] == "accept-encoding"
    assert {None: got.body == SCRIPT, "gzip": got.body[:2] == b"\x1f\x8b", "br": got.body == b"brotli"}[encoding]


def test_a_browser_that_has_the_file_is_told_so(folder):
    page = BuiltPage(str(folder))
    tag = answer(page, "index.html").headers["etag"]
    for known in (tag, f'"other", {tag}', f"W/{tag}"):
        again = answer(page, "index.html", known=known)
        assert (again.status_code, again.body, again.headers["etag"]) == (304, b"", tag)
    assert answer(page, "index.html", known='"other"').status_code == 200
    packed = answer(page, "assets/index-Ab12.js", "gzip").headers["etag"]
    assert packed != answer(page, "assets/index-Ab12.js").headers["etag"]


@pytest.mark.parametrize(
    "name",
    [
        "../secret", "assets/../../secret", "/etc/passwd", "assets/..", "assets", "", ".", ".vite/manifest.json",
        "assets/link.js", "assets/index-Ab12.js.gz", "assets//index-Ab12.js", "index.html/", "assets/%2e%2e/secret",
    ],
)  # fmt: skip
def test_nothing_else_is_found(folder, name):
    assert BuiltPage(str(folder)).find(name) is None


def test_without_a_build_there_is_no_page(folder, tmp_path):
    assert BuiltPage("").find("index.html") is None
    assert BuiltPage(str(tmp_path / "nowhere")).find("index.html") is None
    (folder / "index.html").unlink()
    assert BuiltPage(str(folder)).find("assets/index-Ab12.js") is None


def test_a_page_that_is_built_while_it_is_served_is_seen(folder):
    page = BuiltPage(str(folder))
    assert b"K\xc3\xbcche" in answer(page, "index.html").body
    (folder / "assets/index-Cd34.js").write_text("new")
    (folder / "index.html").write_text("<!doctype html><title>new</title>")
    os.utime(folder / "index.html", ns=(1, 1))
    assert b"new" in answer(page, "index.html").body
    assert page.find("assets/index-Cd34.js") is not None


def test_a_file_that_has_gone_since_is_no_answer(folder):
    page = BuiltPage(str(folder))
    found = page.find("manifest.webmanifest")
    (folder / "manifest.webmanifest").unlink()
    assert found.answer("", "") is None


def test_a_script_that_stands_in_the_page_runs_by_its_hash_and_by_nothing_else(folder):
    (folder / "index.html").write_text('<script>go("Küche")</script><script type="module" src="/a.js"></script>')
    page = BuiltPage(str(folder))
    whole = answer(page, "index.html")
    policy = whole.headers["content-security-policy"]
    assert "script-src 'self' 'sha256-FxORgJ2gYL/nicvt3A9iGiUKvdlGhTNXr1ZFkvvDSqc='; style-src 'self';" in policy
    assert "'unsafe" not in policy
    assert answer(page, "index.html", known=whole.headers["etag"]).headers["content-security-policy"] == policy
    assert "content-security-policy" not in answer(page, "assets/index-Ab12.js").headers
