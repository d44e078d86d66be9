"""A generated agent's source, loaded and ready to be called."""

import ast
import inspect
import re
from types import FunctionType
from typing import Any

from wactorz_sandbox.guest import trace
from wactorz_sandbox.guest.api import Agent
from wactorz_sandbox.guest.awaitables import forgiving
from wactorz_sandbox.guest.port import AgentError, Port

FUNCTIONS = ("setup", "process", "handle_task", "cleanup", "on_answer")
_SUSPECT = re.compile(r"\bawait\b.*\b(recall|agents|nodes|topics|capabilities|logger)\b")
"""An `await` of what may be no awaitable; all else that an agent is given is one, and compiles faster as it is."""
_FORGIVING = "__forgiving__"


class Program:
    """Executes the source once; raises what the source raises."""

    def __init__(self, source: str, config: dict[str, Any], port: Port) -> None:
        self.agent = Agent(config, port)
        self._space: dict[str, Any] = {"__name__": "agent", "__builtins__": __builtins__, _FORGIVING: forgiving}
        trace.remember(source)
        exec(compile_source(source), self._space)  # noqa: S102 (this is what a guest is for)

    @property
    def functions(self) -> list[str]:
        """Names of the functions that the source defines."""
        return [name for name, value in self._space.items()
                if not name.startswith("_") and (isinstance(value, FunctionType) or name in FUNCTIONS)]  # fmt: skip

    async def call(self, name: str, *args: Any) -> Any:
        """Call a function of the source with the agent as its first argument."""
        function = self._space.get(name)
        if not callable(function):
            raise AgentError(f"Agent '{self.agent.name}' has no {name} function.")
        result = function(self.agent, *args)
        return await result if inspect.isawaitable(result) else result

    def deliver(self, topic: str, text: str) -> None:
        """Hand over a message of a topic that the agent subscribed to; `text` is its payload."""
        self.agent._deliver(topic, text)  # noqa: SLF001 (not for the agent's own code)

    def refresh(self, directory: dict[str, Any]) -> None:
        """Take in a new snapshot of agents, nodes, topics and capabilities."""
        self.agent._refresh(directory)  # noqa: SLF001 (not for the agent's own code)


def compile_source(source: str) -> Any:
    """Code of an agent in which an `await` too many does no harm; raises SyntaxError."""
    if not _SUSPECT.search(source):
        return compile(source, trace.SOURCE_NAME, "exec", dont_inherit=True)
    tree = ast.parse(source, trace.SOURCE_NAME)
    for node in ast.walk(tree):
        if isinstance(node, ast.Await):
            node.value = _forgiven(node.value)
    return compile(tree, trace.SOURCE_NAME, "exec", dont_inherit=True)


def _forgiven(operand: ast.expr) -> ast.Call:
    where: Any = {"lineno": operand.lineno, "col_offset": operand.col_offset,
                  "end_lineno": operand.end_lineno, "end_col_offset": operand.end_col_offset}  # fmt: skip
    name = ast.Name(id=_FORGIVING, ctx=ast.Load(), **where)
    return ast.Call(func=name, args=[operand], keywords=[], **where)
