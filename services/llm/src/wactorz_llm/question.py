"""A completion together with the files that its model is shown; it never leaves this service."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import Field

from wactorz_common.contracts.blobs import Attachment
from wactorz_common.contracts.llm import Completion, ModelMessage
from wactorz_llm.contents import PDF, TEXT, Content


@dataclass(frozen=True)
class File:
    """A file that was fetched and found sound."""

    attachment: Attachment
    content: Content
    data: bytes = field(repr=False)
    sha256: str

    @property
    def name(self) -> str:
        """As the person knows it."""
        return self.attachment.name

    @property
    def media_type(self) -> str:
        """What its bytes say that it is."""
        return self.content.media_type

    @property
    def is_document(self) -> bool:
        """Whether it has pages."""
        return self.media_type == PDF

    @property
    def is_text(self) -> bool:
        """Whether it is read as words."""
        return self.media_type == TEXT

    @property
    def base64(self) -> str:
        """Its bytes as text."""
        return base64.b64encode(self.data).decode()

    @property
    def data_url(self) -> str:
        """Its bytes as an address."""
        return f"data:{self.media_type};base64,{self.base64}"


class Question(Completion):
    """What one model is asked, with the files that it is shown by their ids."""

    shown: Mapping[str, File] = Field(default_factory=dict, exclude=True, repr=False)
    file_tokens: int = Field(default=0, ge=0, exclude=True)


def files_of(request: Completion, message: ModelMessage) -> list[File]:
    """The files that are shown with a message."""
    shown = request.shown if isinstance(request, Question) and message.role == "user" else {}
    return [shown[one.id] for one in message.attachments if one.id in shown and not shown[one.id].is_text]


def file_tokens(request: Completion) -> int:
    """Tokens that the files may count as at most."""
    return request.file_tokens if isinstance(request, Question) else 0
