"""What the service tells of a call: the provider's answer with its accounts, and what a person should know; pure."""

from wactorz_common.contracts.llm import Completion, CompletionResult
from wactorz_llm.call import Call
from wactorz_llm.ledger import Reservation
from wactorz_llm.prices import NANO, Cost
from wactorz_llm.provider import Provider, ProviderAnswer
from wactorz_llm.routing import Route
from wactorz_llm.showing import unasked


def result_of(
    provider: Provider, answer: ProviderAnswer, cost: Cost, call: Call, *, estimated: bool = False
) -> CompletionResult:
    """The answer for whoever asked."""
    return CompletionResult(
        text=answer.text,
        tool_calls=answer.tool_calls,
        provider=provider.name,
        model=answer.model,
        input_tokens=answer.usage.input_tokens,
        output_tokens=answer.usage.output_tokens,
        cost_usd=cost.nano_usd / NANO,
        priced=cost.priced,
        stop_reason=answer.stop_reason,
        available=provider.available,
        local=provider.local,
        estimated=estimated,
        unseen=call.unseen if provider.available else unasked(call.request),
    )


def noted(result: CompletionResult, notices: list[str]) -> CompletionResult:
    """An answer with what a person should know about it."""
    return result.model_copy(update={"notice": " ".join(notices)}) if notices else result


def reservation(request: Completion, route: Route, held: int = 0, sent: int = 0) -> Reservation:
    """What the ledger sets aside for a call."""
    return Reservation(
        agent=request.agent,
        purpose=request.purpose,
        provider=route.provider.name,
        model=route.model,
        held=held,
        sent=sent,
        rule_id=request.rule_id,
        conversation_id=request.conversation_id,
        on_behalf_of=request.on_behalf_of,
    )
