"""Files of the requests that are being answered: the model may be shown these, and no others."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from wactorz_common.contracts.blobs import Attachment
from wactorz_common.contracts.chat import ChatRequest
from wactorz_common.contracts.llm import ModelMessage

_DOOR = "io-agent"
"""Who hands on files of people; what others say of files is not believed."""


class HandedFiles:
    """What people have just handed to one agent, each file with its person, until their request is answered."""

    def __init__(self) -> None:
        self._open: list[ChatRequest] = []

    @contextmanager
    def during(self, request: ChatRequest, sender: str) -> Iterator[tuple[Attachment, ...]]:
        """Have the files of a request open while it is answered; gives those that are."""
        if sender != _DOOR or not request.attachments:
            yield ()
            return
        self._open.append(request)
        try:
            yield request.attachments
        finally:
            self._open = [one for one in self._open if one is not request]

    def checked(self, messages: Iterable[ModelMessage]) -> tuple[tuple[ModelMessage, ...], str]:
        """Messages with files of one open request at most, and whose they are; all other files are taken off."""
        told = tuple(messages)
        wanted = {one.id for message in told for one in message.attachments}
        request = next((one for one in self._open if wanted & {file.id for file in one.attachments}), None)
        known = {file.id: file for file in request.attachments} if request else {}
        return tuple(_with_known(message, known) for message in told), request.person if request else ""


def told_of(files: tuple[Attachment, ...]) -> dict[str, Any]:
    """What the code is told of the files of a request: enough to pass them on to the model."""
    return {"attachments": [one.to_wire() for one in files]} if files else {}


def _with_known(message: ModelMessage, known: dict[str, Attachment]) -> ModelMessage:
    if not message.attachments:
        return message
    return message.model_copy(update={"attachments": tuple(known[o.id] for o in message.attachments if o.id in known)})
