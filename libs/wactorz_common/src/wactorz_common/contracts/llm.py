"""Questions to a language model: only the llm service answers them."""

from typing import Any, Literal

from pydantic import Field

from wactorz_common.contracts._channel import Nothing, Operation, Payload


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
    model: str = Field(default="", description="Model; empty for the configured one")
    agent: str = Field(default="", description="Agent that pays for it")
    purpose: str = Field(default="", description="Why, for the ledger: chat, rule, summary, ...")
    stream_to: str = Field(default="", description="Request id whose pieces are published while it is written")


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


class CostLine(Payload):
    """What one agent has spent on one model."""

    agent: str = Field(description="Agent that paid")
    model: str = Field(description="Model that answered")
    calls: int = Field(description="Model calls")
    input_tokens: int = Field(description="Tokens sent")
    output_tokens: int = Field(description="Tokens received")
    cost_usd: float = Field(description="US dollars")


class CostReport(Payload):
    """What has been spent."""

    lines: tuple[CostLine, ...] = Field(description="By agent and model")
    total_input_tokens: int = Field(description="Tokens sent")
    total_output_tokens: int = Field(description="Tokens received")
    total_cost_usd: float = Field(description="US dollars")
    limit_usd: float | None = Field(default=None, description="Budget of the period, if one is set")
    period: str = Field(default="monthly", description="daily, weekly or monthly")
    spent_usd: float = Field(default=0.0, description="Spent in the current period, reservations included")
    provider: str = Field(default="", description="Provider in use")
    model: str = Field(default="", description="Model in use")


COMPLETE = Operation("complete", "llm", Completion, CompletionResult, "Ask the model", timeout=90)
GET_COSTS = Operation("get_costs", "llm", Nothing, CostReport, "What has been spent", timeout=10)

OPERATIONS = (COMPLETE, GET_COSTS)
