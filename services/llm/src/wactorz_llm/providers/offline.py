"""The provider without a model: says so, says what works all the same, and never invents an answer."""

from wactorz_common.contracts.llm import Completion
from wactorz_llm.provider import OnPiece, ProviderAnswer

WORKS = (
    "Devices ('turn on the kitchen light'), rules ('when the kitchen temperature goes above 28 degrees, turn on the "
    "air conditioner') and questions about the home ('is the front door locked?') work without one."
)
REMEDY = "To add one, set ANTHROPIC_API_KEY (or ANTHROPIC_API_KEY_FILE) and start Wactorz again."


class OfflineProvider:
    """Answers every question with the same honest sentences, free of charge."""

    name = "offline"
    default_model = ""
    available = False
    local = True

    def __init__(self, reason: str = "") -> None:
        self._reason = reason

    def warm_up(self) -> None:
        """Nothing is heavy here."""

    async def complete(self, request: Completion, on_piece: OnPiece) -> ProviderAnswer:  # noqa: ARG002
        """Say that no model is configured."""
        missing = (
            f"No language model is configured ({self._reason})."
            if self._reason
            else ("No language model is configured, so I cannot answer that.")
        )
        text = f"{missing} {WORKS} {REMEDY}"
        on_piece(text)
        return ProviderAnswer(text=text, model="", stop_reason="unavailable")

    async def close(self) -> None:
        """Nothing to release."""
