"""Small pictures and documents, and a gateway that hands them out in parts."""

import base64
import hashlib
import struct
import zlib

from wactorz_common.contracts.blobs import Attachment, BlobPart
from wactorz_common.contracts.llm import Completion, ModelMessage
from wactorz_common.errors import TaskFailed
from wactorz_llm.contents import content_of
from wactorz_llm.question import File

PART = 1000


def png(width=3, height=2, filler=0):
    """A picture, with so many bytes beside it."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = zlib.compress(b"".join(b"\0" + b"\xff\0\0" * width for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    extra = chunk(b"teXt", b"x" * filler) if filler else b""
    parts = (chunk(b"IHDR", head), extra, chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpeg(width=5, height=4):
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x04xx" + frame + b"\xff\xda\x00\x02data\xff\xd9"


def gif(width=6, height=7):
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"


def webp(kind=b"VP8X", width=9, height=8):
    if kind == b"VP8X":
        body = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif kind == b"VP8L":
        body = b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little")
    else:
        body = b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height)
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def pdf(pages=2, packed=0, extra=b""):
    """A document with so many plain pages, and so many in a packed object."""
    plain = b"<< /Type /Pages /Count 1 >>" + b"<< /Type /Page >>\n" * pages
    stream = zlib.compress(b"<</Type/Page>> " * packed)
    objects = b"<< /Type /ObjStm /Length 9 >>\nstream\n" + stream + b"\nendstream\n" if packed else b""
    return b"%PDF-1.7\n" + plain + objects + extra + b"\ntrailer\n%%EOF\n"


def attachment(data, name="photo.png", media_type="image/png", number=1, **fields):
    digest = hashlib.sha256(data).hexdigest()
    values = {"id": f"{number:032x}", "name": name, "media_type": media_type, "size": len(data), "sha256": digest}
    return Attachment(**{**values, **fields})


def file(data, name="photo.png", media_type="image/png", number=1):
    one = attachment(data, name, media_type, number)
    return File(one, content_of(data, media_type), data, one.sha256)


def ask(*files, text="What is it?", **fields):
    return Completion(messages=(ModelMessage(role="user", content=text, attachments=files),), **fields)


class Gateway:
    """Files by id, each with its person; notes what was read."""

    def __init__(self):
        self.kept, self.read = {}, []

    def keep(self, data, name="photo.png", media_type="image/png", person="ann", **fields):
        one = attachment(data, name, media_type, len(self.kept) + 1, **fields)
        self.kept[one.id] = (one, data, person)
        return one

    async def read_blob(self, request):
        self.read.append((request.id, request.part))
        one, data, person = self.kept.get(request.id, (None, b"", ""))
        if one is None or request.person != person:
            raise TaskFailed("There is no such file any more")
        parts = max(1, -(-len(data) // PART))
        piece = base64.b64encode(data[request.part * PART : (request.part + 1) * PART]).decode()
        return BlobPart(blob=one, part=request.part, parts=parts, data=piece)
