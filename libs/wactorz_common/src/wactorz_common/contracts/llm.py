"""Questions to a language model: only the llm service answers them."""

from typing import Any, Literal

from pydantic import Field

from wactorz_common.contracts._channel import Nothing, Operation, Payload
from wactorz_common.contracts.blobs import MOST_ATTACHMENTS, Attachment

WhyUnseen = Literal[
    "no_pictures", "no_documents", "format", "kind", "large", "pixels", "pages", "many", "damaged", "other_kind",
    "locked", "gone", "unreachable", "unasked",
]  # fmt: skip
"""Why a file was not looked at: for whoever says it in another language than English."""


class ToolCall(Payload):
    """A call that the model wants made."""

    id: str = Field(description="Id that the result must name")
    name: str = Field(description="Tool name")
    arguments: dict[str, Any] = Field(default_factory=dict, description="Arguments as the model gave them")


class ModelMessage(Payload):
    """One message of a conversation with a model."""

    role: Literal["user", "assistant", "tool"] = Field(description="Who speaks")
    content: str = Field(default="", description="Text; for a tool its result")
    tool_calls: tuple[ToolCall, ...] = Field(default=(), description="Calls that the assistant asked for")
    tool_call_id: str = Field(default="", description="Call that a tool message answers")
    attachments: tuple[Attachment, ...] = Field(
        default=(),
        max_length=MOST_ATTACHMENTS,
        description="Pictures and documents that belong to it; the llm service fetches them from the gateway by id",
    )


class Tool(Payload):
    """Something the model may ask for."""

    name: str = Field(description="Tool name")
    description: str = Field(description="When to use it")
    parameters: dict[str, Any] = Field(description="JSON Schema of the arguments")


class Completion(Payload):
    """A question to the model."""

    messages: tuple[ModelMessage, ...] = Field(min_length=1, description="The conversation, oldest first")
    system: str = Field(default="", description="Instructions")
    tools: tuple[Tool, ...] = Field(default=(), description="What the model may ask for")
    force_tool: str = Field(default="", description="Tool that must be called: structured output")
    max_tokens: int = Field(default=1024, ge=1, le=32_000, description="Longest answer")
    model: str = Field(default="", description="Model, as provider:name or name; empty leaves it to the tier")
    tier: Literal["", "fast", "smart"] = Field(
        default="", description="fast for a classification, smart for a plan; empty for the usual model"
    )
    reuse: bool = Field(default=False, description="An answer to the same question of a short while ago will do")
    agent: str = Field(default="", description="Agent that pays for it")
    on_behalf_of: tuple[str, ...] = Field(
        default=(), max_length=16, description="Agents above the payer, whose budgets pay as well, nearest first"
    )
    conversation_id: str = Field(default="", description="Session that it is for")
    person: str = Field(default="", max_length=100, description="Whose session it is, where that is known")
    rule_id: str = Field(default="", description="Rule that it is for")
    purpose: str = Field(default="", description="Why, for the ledger: chat, intent, rule, plan, summary, facts, ...")
    stream_to: str = Field(default="", description="Request id whose pieces are published while it is written")
    for_chat: str = Field(default="", description="Request id of the message that it is made for, without pieces")
    stream_index: int = Field(
        default=0, ge=0, description="Index of the first piece, where the caller has published those before it"
    )


class UnseenFile(Payload):
    """A file that the model was not shown."""

    id: str = Field(description="Id of the file")
    name: str = Field(description="Its name")
    why: WhyUnseen = Field(description="Why, as a word for programs")
    detail: str = Field(default="", description="The model or the limit that the reason names")
    reason: str = Field(description="Why, in a person's words, to follow a colon")

    @property
    def sentence(self) -> str:
        """The same as a sentence."""
        return f"{self.name} was not looked at: {self.reason}."


class CompletionResult(Payload):
    """The model's answer."""

    text: str = Field(default="", description="Text of the answer")
    tool_calls: tuple[ToolCall, ...] = Field(default=(), description="Calls that the model wants made")
    provider: str = Field(description="offline, anthropic, ...")
    model: str = Field(description="Model that answered; empty when none did")
    input_tokens: int = Field(default=0, description="Tokens sent, cached ones included")
    output_tokens: int = Field(default=0, description="Tokens received")
    cost_usd: float = Field(default=0.0, description="Cost in US dollars")
    priced: bool = Field(default=True, description="False when no price is known for the model")
    stop_reason: str = Field(default="", description="end_turn, tool_use, max_tokens, ...")
    available: bool = Field(default=True, description="False when no model is configured; text then says so")
    local: bool = Field(default=False, description="The model that answered runs on this machine or network")
    reused: bool = Field(default=False, description="The answer was given before and cost nothing now")
    estimated: bool = Field(default=False, description="The tokens are an estimate: the provider did not tell them")
    notice: str = Field(default="", description="What a person should know: a cheaper model answered, and why")
    unseen: tuple[UnseenFile, ...] = Field(default=(), description="Attached files that the model was not shown")


class CancelCompletion(Payload):
    """Nobody waits for an answer any more."""

    stream_to: str = Field(min_length=1, description="Request id that the completions were made for")


class CostQuery(Payload):
    """Which costs to report."""

    by: Literal["agent", "model", "rule", "session", "day", "purpose"] = Field(
        default="agent", description="One line for each of these"
    )
    period: Literal["all", "today", "month"] = Field(default="all", description="Since when, by the local calendar")
    agent: str = Field(default="", description="Only what this agent paid, and those on whose behalf it did")
    rule_id: str = Field(default="", description="Only what this rule cost")
    conversation_id: str = Field(default="", description="Only what this session cost")


class CostLine(Payload):
    """What one agent (rule, session, day) has spent, by model where lines go by agent."""

    key: str = Field(default="", description="What the line is for: agent, model, rule id, session, day, purpose")
    agent: str = Field(default="", description="Agent that paid, where lines go by agent")
    model: str = Field(default="", description="Model that answered, where lines go by agent or model")
    calls: int = Field(description="Model calls")
    input_tokens: int = Field(description="Tokens sent")
    output_tokens: int = Field(description="Tokens received")
    cost_usd: float = Field(description="US dollars")
    estimated_calls: int = Field(default=0, description="Calls among them whose tokens are an estimate")
    unpriced_calls: int = Field(default=0, description="Calls among them for which no price is known")
    reused_calls: int = Field(default=0, description="Besides: answers given again, which cost nothing")


class BudgetLimit(Payload):
    """How much may be spent."""

    scope: Literal["all", "agent", "tree"] = Field(
        default="all", description="Everything, one agent, or one agent with all that works on its behalf"
    )
    agent: str = Field(default="", description="Agent, unless the scope is all")
    period: Literal["daily", "weekly", "monthly"] = Field(default="daily", description="By the local calendar")
    limit_usd: float = Field(ge=0, description="US dollars; 0 takes the limit away")


class BudgetState(Payload):
    """A budget and how far it is used up."""

    limit: BudgetLimit = Field(description="What may be spent")
    spent_usd: float = Field(description="Spent in the current period")
    held_usd: float = Field(default=0.0, description="Reserved for calls that run")
    counted_since: float = Field(default=0.0, description="Epoch seconds from which is counted")


class BudgetReset(Payload):
    """Count anew from now on; the ledger itself keeps every call."""

    scope: Literal["", "all", "agent", "tree"] = Field(default="", description="Which budgets; empty: every one")
    agent: str = Field(default="", description="Agent, where one agent's budgets are meant")


class CostReport(Payload):
    """What has been spent."""

    lines: tuple[CostLine, ...] = Field(description="By agent and model, or as asked for; dearest first")
    budgets: tuple[BudgetState, ...] = Field(default=(), description="Every budget that is set")
    total_input_tokens: int = Field(description="Tokens sent")
    total_output_tokens: int = Field(description="Tokens received")
    total_cost_usd: float = Field(description="US dollars")
    limit_usd: float | None = Field(default=None, description="Budget of the period, if one is set")
    period: str = Field(default="monthly", description="daily, weekly or monthly")
    spent_usd: float = Field(default=0.0, description="Spent in the current period, reservations included")
    provider: str = Field(default="", description="Provider in use")
    model: str = Field(default="", description="Model in use")


COMPLETE = Operation("complete", "llm", Completion, CompletionResult, "Ask the model", timeout=90)
CANCEL_COMPLETION = Operation("cancel_completion", "llm", CancelCompletion, Nothing, "Give up an answer", timeout=5)
GET_COSTS = Operation("get_costs", "llm", CostQuery, CostReport, "What has been spent", timeout=10)
SET_BUDGET = Operation("set_budget", "llm", BudgetLimit, CostReport, "Set or take away a budget", timeout=10)
RESET_BUDGETS = Operation("reset_budgets", "llm", BudgetReset, CostReport, "Count budgets anew from now on", timeout=10)

OPERATIONS = (COMPLETE, CANCEL_COMPLETION, GET_COSTS, SET_BUDGET, RESET_BUDGETS)
