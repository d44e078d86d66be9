"""An answer while it is written: text, calls and tokens put together from the pieces of any provider; pure."""

import json
import re
import secrets
from dataclasses import dataclass
from typing import Any

from wactorz_common.contracts.llm import Completion, ToolCall
from wactorz_llm.provider import OnPiece, ProviderAnswer, TokenUsage
from wactorz_llm.question import file_tokens

BYTES_PER_TOKEN = 4
"""How many bytes an estimated token has."""

_FENCE = re.compile(r"^\s*```(?:json)?\s*(.*?)\s*```\s*$", re.DOTALL)


@dataclass
class _CallDraft:
    id: str = ""
    name: str = ""
    text: str = ""
    arguments: dict[str, Any] | None = None


class AnswerDraft:
    """Takes pieces as they come; `quiet` keeps the text to itself, because it is a form."""

    def __init__(self, request: Completion, on_piece: OnPiece, *, quiet: bool = False) -> None:
        self.model = ""
        self.stop_reason = ""
        self.begun = False
        self.complete = False
        self._request = request
        self._on_piece = on_piece
        self._quiet = quiet
        self._text: list[str] = []
        self._calls: dict[object, _CallDraft] = {}
        self._written = 0
        self._told_input: tuple[int, int, int] | None = None
        self._output = 0
        self._output_told = False

    def say(self, text: str) -> None:
        """A piece of the text."""
        if not isinstance(text, str):
            raise TypeError("a piece of text is not a string")
        if text:
            self._text.append(text)
            self._written += len(text.encode())
            if not self._quiet:
                self._on_piece(text)

    def call(self, key: object, *, id: str = "", name: str = "", text: str = "") -> None:  # noqa: A002  # its name
        """A piece of the call known by `key`: its name, its id, or JSON text of its arguments."""
        draft = self._calls.setdefault(key, _CallDraft())
        draft.id, draft.name = id or draft.id, name or draft.name
        draft.text += text
        self._written += len(text.encode())

    def whole_call(self, name: str, arguments: dict[str, Any], id: str = "") -> None:  # noqa: A002
        """A call that comes in one piece."""
        self._calls[len(self._calls)] = _CallDraft(id, name, "", arguments)
        self._written += len(json.dumps(arguments).encode())

    def tell(self, *, input_tokens: int | None = None, output_tokens: int | None = None, read: int = 0, write: int = 0,
             final: bool = True) -> None:  # fmt: skip
        """Tokens as the provider counts them, cached ones included in the input; `final`: the output is whole."""
        if input_tokens is not None:
            self._told_input = (input_tokens, read, write)
        if output_tokens is not None:
            self._output, self._output_told = output_tokens, final

    @property
    def usage(self) -> TokenUsage:
        """What is used up so far: told, or else estimated and marked so; nothing before the answer has begun."""
        return self.sent_usage if self.begun else TokenUsage()

    @property
    def sent_usage(self) -> TokenUsage:
        """The same for a request that is known to have been sent, begun or not."""
        written = -(-self._written // BYTES_PER_TOKEN)
        asked, read, write = self._told_input or (estimated_input(self._request), 0, 0)
        return TokenUsage(
            input_tokens=asked,
            output_tokens=self._output if self._output_told else max(self._output, written),
            cache_read_tokens=read,
            cache_write_tokens=write,
            estimated=self._told_input is None or not self._output_told,
        )

    @property
    def cut_by_length(self) -> bool:
        """Whether the answer reached the longest length that was allowed."""
        return self.stop_reason == "max_tokens"

    def answer(self) -> ProviderAnswer:
        """The whole answer; ValueError when a call's arguments are not a JSON object."""
        text = "".join(self._text)
        calls = tuple(_tool_call(draft) for draft in self._calls.values())
        form = _form(text) if self._request.force_tool and not calls else None
        if form is not None:
            text, calls = "", (ToolCall(id=new_call_id(), name=self._request.force_tool, arguments=form),)
        return ProviderAnswer(
            text=text,
            model=self.model or self._request.model,
            tool_calls=calls,
            usage=self.usage,
            stop_reason="tool_use" if calls and self.stop_reason == "end_turn" else self.stop_reason,
        )


def estimated_input(request: Completion) -> int:
    """About as many tokens as a request has."""
    sent = len(request.model_dump_json(include={"messages", "system", "tools"}).encode())
    return -(-sent // BYTES_PER_TOKEN) + file_tokens(request)


def new_call_id() -> str:
    """An id for a call where the provider gives none."""
    return f"call_{secrets.token_hex(6)}"


def _tool_call(draft: _CallDraft) -> ToolCall:
    arguments = draft.arguments
    if arguments is None:
        arguments = json.loads(draft.text) if draft.text.strip() else {}
    if not isinstance(arguments, dict) or not draft.name:
        raise ValueError("a tool call has no name, or its arguments are not an object")
    return ToolCall(id=draft.id or new_call_id(), name=draft.name, arguments=arguments)


def _form(text: str) -> dict[str, Any] | None:
    """The object that a model wrote as text where it should have called a tool."""
    fenced = _FENCE.match(text)
    try:
        form = json.loads(fenced[1] if fenced else text)
    except ValueError:
        return None
    return form if isinstance(form, dict) else None
