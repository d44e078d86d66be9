"""What a file is, by its first bytes; and names that are safe."""

import pytest

from wactorz_gateway.blobs.kinds import disposition, media_type_of, safe_name


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"%PDF-1.7", "application/pdf"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"), (b"RIFF\x00\x00\x00\x00WAVE", "audio/wav"),
        (b"PK\x03\x04", "application/zip"), (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        (b"hello <script>", "text/plain"), ("grüße".encode(), "text/plain"), ("ü".encode()[:1], "text/plain"),
        (b"", "text/plain"), (b"\x00\x01\x02", "application/octet-stream"), (b"\xff\xfe\xfd", "application/octet-stream"),
        (b"<svg onload=alert(1)>", "text/plain"), (b"<html>", "text/plain"), (b"RIFF", "text/plain"),
    ],
)  # fmt: skip
def test_the_first_bytes_tell(head, expected):
    assert media_type_of(head) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\temp\\a.txt", "a.txt"), ("a\x00b\r\nc.pdf", "abc.pdf"), ("", "file"),
        ("..", "file"), ("photo\u202egnp.exe", "photognp.exe"), ("my  photo.png", "my photo.png"), (".hidden", "hidden"),
        ('a"b;c.txt', "a b;c.txt"),
    ],
)  # fmt: skip
def test_a_name_is_never_a_path(name, expected):
    assert safe_name(name) == expected


def test_a_long_name_keeps_its_ending():
    assert safe_name("x" * 500 + ".pdf").endswith("x.pdf")
    assert len(safe_name("x" * 500 + ".pdf")) == 120
    assert len(safe_name("y" * 500)) == 120


def test_the_header_holds_any_name():
    header = disposition('grü"ße.txt')
    assert header.startswith('attachment; filename="gr__')
    assert header.isascii()
    assert header.count('"') == 2
    assert header.endswith("filename*=UTF-8''gr%C3%BC%22%C3%9Fe.txt")
