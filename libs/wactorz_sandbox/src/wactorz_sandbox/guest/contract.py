"""What an agent declares about the topics that it uses."""

from typing import Any

_NAMES = {
    "publishes": ("publishes", "publish", "topics"),
    "subscribes": ("subscribes", "subscribe"),
    "triggers_when": ("triggers_when",),
    "produces_schema": ("produces_schema", "produce_schema", "output_schema", "schema"),
    "consumes_schema": ("consumes_schema", "consume_schema", "input_schema"),
}
_LISTS = ("publishes", "subscribes")


def normal(fields: dict[str, Any]) -> dict[str, Any]:
    """The declared fields under their own names; an unknown name is a TypeError."""
    known = {alias for aliases in _NAMES.values() for alias in aliases}
    unknown = sorted(set(fields) - known)
    if unknown:
        raise TypeError(f"declare_contract does not know {', '.join(unknown)}; it knows {', '.join(sorted(known))}")
    found = {name: _joined(name, [fields[alias] for alias in aliases if fields.get(alias)])
             for name, aliases in _NAMES.items()}  # fmt: skip
    return {name: value for name, value in found.items() if value}


def merge(earlier: dict[str, Any], added: dict[str, Any]) -> dict[str, Any]:
    """An earlier contract with a further one added."""
    return {name: _joined(name, [part[name] for part in (earlier, added) if name in part])
            for name in _NAMES if name in earlier or name in added}  # fmt: skip


def _joined(name: str, parts: list[Any]) -> Any:
    if name in _LISTS:
        items = [item for part in parts for item in ([part] if isinstance(part, str) else part)]
        return list(dict.fromkeys(items))
    whole: dict[str, Any] = {}
    for part in parts:
        whole |= part if isinstance(part, dict) else {"text": str(part)}
    return whole
