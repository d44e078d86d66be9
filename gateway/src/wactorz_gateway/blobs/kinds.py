"""What a file is, by its first bytes and never by what somebody says that it is; and names that are safe to show."""

import codecs
import re
import unicodedata
from urllib.parse import quote

HEAD_BYTES = 4096
"""So many first bytes are enough to tell."""

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
_LONGEST_NAME = 120

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"), (0, b"\xff\xd8\xff", "image/jpeg"), (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"), (0, b"BM", "image/bmp"), (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"), (0, b"\x1f\x8b\x08", "application/gzip"), (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"), (0, b"ID3", "audio/mpeg"), (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"), (4, b"ftyp", "video/mp4"),
)  # fmt: skip
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UNSAFE = re.compile(r'[\\/:*?"<>|\s]+')


def media_type_of(head: bytes) -> str:
    """The kind of a file by its first bytes; text of any sort is plain text."""
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    for place, magic, media_type in _MAGIC:
        if head[place : place + len(magic)] == magic:
            return media_type
    return TEXT if _is_text(head) else UNKNOWN


def _is_text(head: bytes) -> bool:
    if _CONTROLS.search(head):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # a character may be cut in two at the end
    except UnicodeDecodeError:
        return False
    return True


def safe_name(name: str) -> str:
    """The last part of a file's name, without what could be a path, a control or a change of direction."""
    last = re.split(r"[\\/]", name)[-1]
    shown = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    cleaned = _UNSAFE.sub(" ", shown).strip(" .")
    stem, dot, ending = cleaned[-16:].rpartition(".")
    if len(cleaned) > _LONGEST_NAME and dot and stem:
        return f"{cleaned[: _LONGEST_NAME - len(ending) - 1]}.{ending}"
    return cleaned[:_LONGEST_NAME] or "file"


def disposition(name: str) -> str:
    """The header that has browsers keep a file and never show it."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
