"""The other agents, nodes, topics and capabilities, as the host last told."""

from typing import Any


class Directory:
    """A snapshot; `known` is replaced as a whole when the host refreshes it."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.known = known

    def agents(self) -> list[dict[str, Any]]:
        """Agents: name, type, description, state, remote, node."""
        return list(self.known.get("agents", ()))

    def nodes(self) -> list[dict[str, Any]]:
        """Machines: node, online, agents."""
        return list(self.known.get("nodes", ()))

    def topics(self, keyword: str = "") -> list[dict[str, Any]]:
        """Topics and the agents that publish on them; those with a keyword in them."""
        return _with(self.known.get("topics", ()), keyword)

    def capabilities(self, keyword: str = "") -> list[dict[str, Any]]:
        """Agents with what they can do; those with a keyword in them."""
        return _with(self.known.get("capabilities", ()), keyword)


def _with(rows: Any, keyword: str) -> list[dict[str, Any]]:
    return [row for row in rows if keyword.lower() in str(row).lower()]
