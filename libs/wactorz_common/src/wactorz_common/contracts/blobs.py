"""Files that people attach to messages: kept by the gateway, and read from it by id, in parts."""

from pydantic import Field

from wactorz_common.contracts._channel import Operation, Payload

PART_BYTES = 256 * 1024
"""Bytes of a file in one answer."""

MOST_ATTACHMENTS = 8
"""Files at one message."""

BLOB_ID = r"^[0-9a-f]{32}$"


class Attachment(Payload):
    """A file that a person attached to a message; its content is read with `read_blob`."""

    id: str = Field(pattern=BLOB_ID, description="Id in the gateway's store", examples=["0" * 32])
    name: str = Field(max_length=200, description="Name that the person's file had, without folders")
    media_type: str = Field(max_length=100, description="What the first bytes of the file say that it is")
    size: int = Field(ge=0, description="Bytes")
    sha256: str = Field(default="", max_length=64, description="Hash of the content")


class ReadBlob(Payload):
    """Asks for one part of a file."""

    id: str = Field(pattern=BLOB_ID, description="Id of the file", examples=["0" * 32])
    part: int = Field(default=0, ge=0, description="Which part, from 0")
    person: str | None = Field(
        default=None,
        max_length=100,
        description="For whom it is read: then only if it is theirs; null: whoever knows it",
    )


class BlobPart(Payload):
    """One part of a file."""

    blob: Attachment = Field(description="The file")
    part: int = Field(description="Which part, from 0")
    parts: int = Field(description="How many there are")
    data: str = Field(description="Base64 of at most 256 KiB")


READ_BLOB = Operation("read_blob", "gateway", ReadBlob, BlobPart, "One part of a file that a person attached",
                      timeout=15)  # fmt: skip

OPERATIONS = (READ_BLOB,)
