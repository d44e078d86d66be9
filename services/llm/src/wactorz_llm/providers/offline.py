"""The provider without a model: says so, says what works all the same, and never invents an answer."""

from collections.abc import Mapping

from wactorz_common.contracts.llm import Completion
from wactorz_llm.german import phrase
from wactorz_llm.provider import OnPiece, OnUsage, ProviderAnswer, Tier
from wactorz_llm.takes import NOTHING, Takes

WORKS = (
    "Devices ('turn on the kitchen light'), rules ('when the kitchen temperature goes above 28 degrees, turn on the "
    "air conditioner') and questions about the home ('is the front door locked?') work without one."
)
REMEDY = (
    "To add one, set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or NIM_API_KEY (or the same with _FILE), or "
    "OLLAMA_URL for a model on your own machine, and start Wactorz again."
)


class OfflineProvider:
    """Answers every question with the same honest sentences, free of charge."""

    name = "offline"
    default_model = ""
    available = False
    local = True
    models: Mapping[Tier, str] = {"": "", "fast": "", "smart": ""}  # never changed

    def __init__(self, reason: str = "", **values: object) -> None:
        self._reason, self._values = reason, values

    def takes(self, model: str) -> Takes:  # noqa: ARG002
        """Nothing is looked at."""
        return NOTHING

    def warm_up(self) -> None:
        """Nothing is heavy here."""

    async def complete(
        self,
        request: Completion,  # noqa: ARG002
        on_piece: OnPiece,
        on_usage: OnUsage | None = None,  # noqa: ARG002
    ) -> ProviderAnswer:
        """Say that no model is configured."""
        missing = (
            phrase("No language model is configured ({reason}).", reason=phrase(self._reason, **self._values))
            if self._reason
            else phrase("No language model is configured, so I cannot answer that.")
        )
        text = f"{missing} {phrase(WORKS)} {phrase(REMEDY)}"
        on_piece(text)
        return ProviderAnswer(text=text, model="", stop_reason="unavailable")

    async def close(self) -> None:
        """Nothing to release."""
