"""What is in a file, by its bytes and never by what somebody says that it is: kind, pixels and pages; pure."""

import contextlib
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wactorz_common.contracts.llm import WhyUnseen

PDF = "application/pdf"
TEXT = "text/plain"
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_PACKED = re.compile(rb"/Type\s*/ObjStm")
_BEGIN = re.compile(rb"stream\r?\n")
_LOCKED = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R")
_LONGEST_HEAD = 400
_LONGEST_PACKED = 512 * 1024
_MOST_UNPACKED = 4 * 1024 * 1024
_COST = 4 * 1024
"""Bytes that every packed object counts for at least: a file can name millions of them."""

_TAIL = 2048
_BYTES_OF_PAGE = 40_000
"""Of a document whose pages cannot be counted."""

_NO_SIZE = frozenset({0x01, *range(0xD0, 0xD8)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class Content:
    """A picture with its size in pixels, or a document with its pages."""

    media_type: str
    width: int = 0
    height: int = 0
    pages: int = 0


class Flawed(Exception):
    """A file that no model should be shown, and why."""

    def __init__(self, why: WhyUnseen, detail: str = "") -> None:
        super().__init__(why)
        self.why: WhyUnseen = why
        self.detail = detail


def content_of(data: bytes, declared: str) -> Content:
    """What the bytes are; Flawed when they are not what was declared, or cannot be whole."""
    if declared == TEXT:
        return _text(data)
    for magic, media_type, read in _READERS:
        if magic.match(data):
            if media_type != declared:
                raise Flawed("other_kind")
            return read(data)
    raise Flawed("other_kind")


def _text(data: bytes) -> Content:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise Flawed("other_kind") from error
    return Content(TEXT)


def _png(data: bytes) -> Content:
    if data[12:16] != b"IHDR" or b"IEND" not in data:
        raise Flawed("damaged")
    return _picture("image/png", _big(data[16:20]), _big(data[20:24]))


def _gif(data: bytes) -> Content:
    if not data.rstrip(b"\0").endswith(b";"):
        raise Flawed("damaged")
    return _picture("image/gif", _little(data[6:8]), _little(data[8:10]))


def _webp(data: bytes) -> Content:
    if _little(data[4:8]) + 8 > len(data):
        raise Flawed("damaged")
    kind = data[12:16]
    if kind == b"VP8X":
        return _picture("image/webp", _little(data[24:27]) + 1, _little(data[27:30]) + 1)
    if kind == b"VP8L":
        bits = _little(data[21:25])
        return _picture("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    return _picture("image/webp", _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF)


def _jpeg(data: bytes) -> Content:
    if b"\xff\xd9" not in data:
        raise Flawed("damaged")
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004  # every marker begins with it
        marker = data[at + 1]
        if marker in _FRAMES:
            return _picture("image/jpeg", _big(data[at + 7 : at + 9]), _big(data[at + 5 : at + 7]))
        if marker == 0xFF:  # noqa: PLR2004  # filling
            at += 1
        else:
            at += 2 if marker in _NO_SIZE else 2 + max(2, _big(data[at + 2 : at + 4]))
    raise Flawed("damaged")


def _pdf(data: bytes) -> Content:
    if b"%%EOF" not in data[-_TAIL:]:
        raise Flawed("damaged")
    if _LOCKED.search(data):
        raise Flawed("locked")
    pages = _pages(data) + sum(map(_pages, _unpacked(data)))
    return Content(PDF, pages=pages or 1 + len(data) // _BYTES_OF_PAGE)


def _pages(data: bytes) -> int:
    return sum(1 for _ in _PAGE.finditer(data))


def _unpacked(data: bytes) -> Iterator[bytes]:
    """The packed objects of a document, as far as they are of a sane size."""
    left = _MOST_UNPACKED
    for found in _PACKED.finditer(data):
        begin = _BEGIN.search(data, found.end(), found.end() + _LONGEST_HEAD)
        left -= _COST
        if begin is not None:
            piece = data[begin.end() : begin.end() + _LONGEST_PACKED]
            with contextlib.suppress(zlib.error):
                packed = zlib.decompressobj().decompress(piece, max(1, left))
                left -= len(packed)
                yield packed
        if left <= 0:
            return


def _picture(media_type: str, width: int, height: int) -> Content:
    if width < 1 or height < 1:
        raise Flawed("damaged")
    return Content(media_type, width, height)


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


_READERS: tuple[tuple[re.Pattern[bytes], str, Callable[[bytes], Content]], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png", _png),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg", _jpeg),
    (re.compile(rb"GIF8[79]a"), "image/gif", _gif),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp", _webp),
    (re.compile(rb"%PDF-"), PDF, _pdf),
)
