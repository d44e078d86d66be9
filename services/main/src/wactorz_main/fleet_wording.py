"""Agents, nodes and approvals in words; pure."""

import time
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.spawning import Approval, NodeReport, SpawnedAgent
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.language import language
from wactorz_main.german import phrase
from wactorz_main.wording import NOT_HEARD, Seen

MONITOR_SILENT = (
    "monitor, which keeps the spawned agents, does not answer, so nothing was done. Please try again in a moment."
)
NODES_USAGE = "Type /nodes, or /nodes remove, restart or shutdown with the name of a machine."
MAIN_MACHINE = (
    "That is the main machine, where everything runs: it is not stopped from here. /stop all stops what acts; "
    "`wactorz down` or `docker compose down` ends it."
)
RESTARTED = (
    "{node} is told to end its agents and itself. What started it (Docker, systemd) starts it again; /nodes shows it "
    "when it is back, and its agents come back with it."
)
SHUT_DOWN = (
    "{node} is told to end its agents and itself. Where Docker or systemd start it again by themselves it comes back: "
    "stop it there for good. Its agents stay known; /nodes remove {node} forgets them."
)
NOT_REMOVED = "{node} was not removed: no confirmation came for {agents}. Please say it again in a moment."
_FROM = {"pause": ("running",), "resume": ("paused",), "start": ("stopped",), "stop": ("running", "paused")}
_SHORT_SECONDS = 180.0
_ENDS = {
    TaskState.DONE: "Done.",
    TaskState.FAILED: "That could not be done.",
    TaskState.EXPIRED: "That was not done: its time was over before the monitor could take it up.",
    TaskState.UNKNOWN: "No confirmation came in time: whether that was done is not known. /agents shows it.",
}


def agents_text(
    heard: Mapping[str, Seen], spawned: Mapping[str, SpawnedAgent] | None, keyword: str, now: float | None = None
) -> str:
    """One line per agent whose name, description, abilities or node contain the keyword; spawned ones are marked."""
    now = time.time() if now is None else now
    kept = spawned or {}
    wanted = keyword.casefold()
    lines = [
        _agent(heard.get(name), kept.get(name), now)
        for name in sorted({*heard, *kept})
        if (name in kept or spawned is None or not _is_gone(heard[name], now))
        and wanted in _about(name, heard.get(name), kept.get(name)).casefold()
    ]
    note = [] if spawned is not None else [phrase("(monitor does not answer: spawned agents are not marked now.)")]
    if not lines and keyword:
        return "\n".join([phrase("No agent here has to do with '{word}'. /agents shows all.", word=keyword), *note])
    if not lines:
        return "\n".join([phrase("No agent was heard yet."), *note])
    head = phrase("{count} agents:", count=len(lines)) if len(lines) > 1 else phrase("1 agent:")
    return "\n".join([head, *lines, *note])


def nodes_text(nodes: Iterable[NodeReport]) -> str:
    """One line per node, the main machine first."""
    lines = []
    for node in nodes:
        state = phrase("online" if node.online else "OFFLINE")
        facts = " ".join(filter(None, (node.runtime, node.version)))
        agents = ", ".join(node.agents) or phrase("no agents")
        lines.append(f"- {node.node} ({state}{f', {facts}' if facts else ''}): {agents}")
    return "\n".join(lines) or phrase("No node was heard yet.")


def approvals_text(approvals: Iterable[Approval], now: float, silent: Iterable[str] = ()) -> str:
    """One line per open question, how to answer, and who could not be asked what it waits for."""
    lines = [
        phrase(
            "- {id}: {summary} (asked by {asker}, {left} left, needs a PIN)"
            if one.needs_pin
            else "- {id}: {summary} (asked by {asker}, {left} left)",
            id=one.id, summary=one.summary_in(language()), asker=one.requested_by or one.agent,
            left=_left(one.expires_at - now),
        )
        for one in approvals
    ]  # fmt: skip
    away = [phrase("({name} does not answer: what waits there is not shown.)", name=name) for name in silent]
    if not lines:
        return "\n".join([phrase("Nothing waits for an approval."), *away])
    return "\n".join([*lines, *away, phrase("Answer with /approve ID [PIN] or /deny ID.")])


def approve_elsewhere(approval_id: str) -> str:
    """Where an approval can be given."""
    return phrase(
        "Nothing was decided: an approval counts only where I know who gives it. Use the page of the gateway, "
        "`wactorz approve {id}` (or deny), or POST /api/approvals/{id}.",
        id=approval_id,
    )


def refusal(seen: Seen | None, name: str, verb: str, known: Iterable[str]) -> str:
    """Why an agent is not told to do something; empty when it is."""
    if seen is None:
        near = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
        return phrase(
            "There is no agent {name}. Did you mean {near}?"
            if near else "There is no agent {name}. /agents lists them.",
            name=name, near=next(iter(near), ""),
        )  # fmt: skip
    if not seen.agent_id or not seen.heard_at:
        return phrase("{name} was not heard yet. Please try again in a few seconds.", name=name)
    if verb == "delete" and seen.protected:
        return phrase("{name} is part of Wactorz and cannot be deleted.", name=name)
    if verb in ("stop", "pause") and seen.essential:
        return phrase("{name} is essential and cannot be made to {verb}.", name=name, verb=phrase(verb))
    if verb in _FROM and seen.state not in _FROM[verb]:
        state = phrase(seen.state or NOT_HEARD)
        return phrase("{name} is {state}, so there is nothing to {verb}.", name=name, state=state, verb=phrase(verb))
    return ""


def ended(state: TaskState, said: str | None) -> ChatAnswer:
    """The answer for the end of a task of the monitor."""
    return ChatAnswer(text=said or phrase(_ENDS[state]), status=state.value)


def _left(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= _SHORT_SECONDS else f"{max(0.0, seconds):.0f} s"


def _is_gone(seen: Seen, now: float) -> bool:
    """Whether a spawned agent that nobody keeps any more has ended."""
    return seen.agent_id != "" and not seen.protected and seen.shown(now) in ("stopped", "failed", "silent")


def _about(name: str, seen: Seen | None, kept: SpawnedAgent | None) -> str:
    words = [name]
    if seen is not None:
        words += [seen.description, seen.node, *seen.capabilities]
    if kept is not None:
        words += [kept.description, kept.node, "spawned"]
    return " ".join(words)


def _agent(seen: Seen | None, kept: SpawnedAgent | None, now: float) -> str:
    name = seen.name if seen else kept.name if kept else ""
    state = seen.shown(now) if seen and (kept is None or kept.actual == "running") else kept.actual if kept else ""
    node = (kept.node if kept else "") or (seen.node if seen else "")
    marks = ", ".join(filter(None, (phrase(state), phrase("spawned") if kept else "")))
    where = phrase(" on {node}", node=node) if node else ""
    about = (seen.description if seen else "") or (kept.description if kept else "") or phrase("no description")
    can = f" [{', '.join(seen.capabilities)}]" if seen and seen.capabilities else ""
    problem = f" ({kept.problem})" if kept and kept.problem else ""
    return f"- {name} ({marks}{where}): {about}{can}{problem}"
