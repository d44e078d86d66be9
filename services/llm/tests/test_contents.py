import zlib

import pytest

from wactorz_llm import contents
from wactorz_llm.contents import PDF, Content, Flawed, content_of

from .file_doubles import gif, jpeg, pdf, png, webp


def why(data, declared):
    with pytest.raises(Flawed) as caught:
        content_of(data, declared)
    return caught.value.why


@pytest.mark.parametrize(
    ("data", "media_type", "size"),
    [
        (png(30, 20), "image/png", (30, 20)),
        (jpeg(50, 40), "image/jpeg", (50, 40)),
        (b"\xff\xd8\xff" + jpeg()[2:], "image/jpeg", (5, 4)),
        (gif(6, 7), "image/gif", (6, 7)),
        (webp(b"VP8X", 900, 80), "image/webp", (900, 80)),
        (webp(b"VP8L", 900, 80), "image/webp", (900, 80)),
        (webp(b"VP8 ", 900, 80), "image/webp", (900, 80)),
    ],
)
def test_pictures_have_a_size(data, media_type, size):
    found = content_of(data, media_type)
    assert (found.media_type, found.width, found.height) == (media_type, *size)


def test_pages_are_counted_also_where_they_are_packed():
    assert content_of(pdf(3), PDF) == Content(PDF, pages=3)
    assert content_of(pdf(1, packed=4), PDF).pages == 5
    assert content_of(pdf(0, packed=4), PDF).pages == 4
    assert content_of(b"%PDF-1.7\n" + b"x" * 400_000 + b"%%EOF", PDF).pages == 11
    broken = b"<< /Type /ObjStm >>\nstream\nnot packed at all endstream"
    assert content_of(pdf(2, extra=broken), PDF).pages == 2


def test_a_bomb_is_not_unpacked_whole():
    assert content_of(pdf(0, packed=2_000_000), PDF).pages < 300_000


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (png()[:-12], "image/png"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 90 + b"IEND", "image/png"),
        (png(0, 5), "image/png"),
        (jpeg()[:-2], "image/jpeg"),
        (b"\xff\xd8\xff\xe0\x00\x04xx\xff\xda\xff\xd9", "image/jpeg"),
        (b"\xff\xd8\xff\xff\xd9", "image/jpeg"),
        (gif()[:-1], "image/gif"),
        (webp()[:-3], "image/webp"),
        (pdf()[:-8], PDF),
    ],
)
def test_what_is_not_whole_is_damaged(data, media_type):
    assert why(data, media_type) == "damaged"


def test_a_file_is_what_its_first_bytes_say():
    assert why(b"<html>", "image/png") == "other_kind"
    assert why(b"", "image/png") == "other_kind"
    assert why(jpeg(), "image/png") == "other_kind"
    assert why(png(), PDF) == "other_kind"


def test_a_locked_document():
    assert why(pdf(extra=b"/Encrypt 7 0 R"), PDF) == "locked"


def test_a_text_is_words():
    assert content_of("Grüße".encode(), "text/plain").media_type == "text/plain"
    assert why(b"\xff\xfe", "text/plain") == "other_kind"


def test_a_document_that_names_very_many_packed_objects_is_not_read_for_each(monkeypatch):
    tries = []
    make = zlib.decompressobj

    def counted():
        tries.append(1)
        return make()

    monkeypatch.setattr(contents.zlib, "decompressobj", counted)
    data = b"%PDF-1.7\n" + b"/Type/ObjStm stream\n" * 5_000 + b"endstream %%EOF"
    assert contents.content_of(data, "application/pdf").pages >= 1
    assert 0 < len(tries) <= 1024
