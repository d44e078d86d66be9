"""Files at a message: texts go into the prompt as data, pictures and documents to the model, and the rest is told."""

import base64
from typing import TYPE_CHECKING

from wactorz_common.contracts.blobs import READ_BLOB, Attachment, ReadBlob
from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.llm import Completion, CompletionResult, UnseenFile
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_main import mind_texts, prompts, texts

if TYPE_CHECKING:
    from wactorz_main.errand import Errand

MOST_CHARACTERS = 12_000
"""Of all texts at one message, in the prompt."""

_TEXT = "text/plain"
_SECONDS = 5.0
_UNASKED = "it was shown to no language model"


class Attachments:
    """The files at one message."""

    def __init__(self, errand: "Errand") -> None:
        self._errand, self._files = errand, errand.request.attachments
        self._read: set[str] = set()
        self._cut = False
        self._unseen = {file.id: _unasked(file) for file in self.pictures}

    @property
    def pictures(self) -> tuple[Attachment, ...]:
        """All that is no text: the llm service knows who looks at what."""
        return tuple(file for file in self._files if file.media_type != _TEXT)

    @property
    def looked_at(self) -> tuple[Attachment, ...]:
        """Those that a model was shown and answered about: one may ask on about them."""
        return tuple(file for file in self.pictures if file.id not in self._unseen)

    async def block(self) -> str:
        """The texts as a block for the prompt, fenced off as data; empty without any."""
        left, shown = MOST_CHARACTERS, list[str]()
        for file in self._files:
            text = await self._text(file) if file.media_type == _TEXT and left > 0 else None
            if text is None:
                continue
            self._read.add(file.id)
            self._cut = self._cut or len(text) > left or file.size > len(text.encode())
            shown.append(f"File {file.name}:\n{text[:left]}")
            left -= len(text)
        return prompts.fenced("\n\n".join(shown)) if shown else ""

    def shown(self, question: Completion) -> Completion:
        """A question with the pictures and documents at its newest message."""
        if not self.pictures:
            return question
        newest = question.messages[-1].model_copy(update={"attachments": self.pictures})
        return question.model_copy(update={"messages": (*question.messages[:-1], newest)})

    def note(self, result: CompletionResult) -> None:
        """What a model was shown once was looked at."""
        left_out = {one.id: one for one in result.unseen}
        self._unseen = {key: left_out[key] for key in self._unseen if key in left_out}

    def told(self, answer: ChatAnswer) -> ChatAnswer:
        """The answer, with what became of the files where that is not what one would expect."""
        if not self._files:
            return answer
        language = self._errand.language
        texts_left = [file.name for file in self._files if file.media_type == _TEXT and file.id not in self._read]
        remarks = [
            *(mind_texts.unseen(language, one) for one in self._unseen.values()),
            mind_texts.say(language, "file_unread", files=", ".join(texts_left)) if texts_left else "",
            mind_texts.say(language, "file_cut", count=f"{MOST_CHARACTERS:,}") if self._cut else "",
        ]
        found = [remark for remark in remarks if remark]
        return answer.model_copy(update={"text": texts.lines((answer.text, *found))}) if found else answer

    async def _text(self, file: Attachment) -> str | None:
        """The first part of a text; None when it cannot be had."""
        wanted = ReadBlob(id=file.id, person=self._errand.person)
        try:
            part = await self._errand.ask(READ_BLOB, wanted, seconds=_SECONDS)
        except (TransportError, TaskFailed):
            return None
        return base64.b64decode(part.data).decode(errors="replace")


def _unasked(file: Attachment) -> UnseenFile:
    return UnseenFile(id=file.id, name=file.name, why="unasked", reason=_UNASKED)
