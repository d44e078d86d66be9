"""Collects what is known about a change: the audit log, the rule's firing, and Home Assistant's own contexts."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from wactorz_common import logs
from wactorz_common.contracts import Operation, Payload
from wactorz_common.contracts.home import House
from wactorz_common.contracts.policy import LIST_AUDIT, AuditEntry, AuditLines, AuditQuery, WhyQuery, WhyReport
from wactorz_common.contracts.rules import LIST_FIRINGS, FiringQuery, FiringReport
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_common.language import chosen_language, speaking
from wactorz_home_assistant import CallRefused, HomeAssistant
from wactorz_home_assistant_agent.why import Facts, Outside, cause_of, explain, last_move, last_moved, state_after

_SECONDS = 4.0
_LINES = 20
_LOG_SPAN = timedelta(seconds=10)

Ask = Callable[..., Awaitable[Any]]
"""Asks another agent; as `Agent.ask`."""

_log = logs.get(__name__)


class Inquiry:
    """Answers why; services that are away are named in the answer."""

    def __init__(self, ask: Ask, home: HomeAssistant) -> None:
        self._ask, self._home = ask, home

    async def why(self, query: WhyQuery, house: House, trace_id: str = "") -> WhyReport:
        """The chain of causes for an entity, or for the last thing done when none is named."""
        away: list[tuple[str, str]] = []
        wanted = AuditQuery(entity_id=query.entity_id, kind="" if query.entity_id else "actuation", limit=_LINES)
        listed = await self._asked(LIST_AUDIT, wanted, away, "away_actuator", trace_id)
        lines: Sequence[AuditEntry] = listed.lines if isinstance(listed, AuditLines) else ()
        entity_id = query.entity_id or last_moved(lines)
        if not query.entity_id and entity_id:
            lines = [line for line in lines if entity_id in line.entity_ids]
        states = await self._states(away)
        state = states.get(entity_id)
        cause = cause_of(lines, entity_id, state) or await self._kept_since(lines, entity_id, state)
        traced: Sequence[AuditEntry] = ()
        firing: FiringReport | None = None
        if cause is not None:
            traced = await self._traced(cause, away, trace_id)
            firing = await self._firing(cause, away, trace_id)
        outside = await self._outside(state, states) if cause is None and state is not None else None
        language = query.language or chosen_language() or house.language
        known = Facts(
            entity_id, house, state, lines, cause, traced, firing, outside, tuple(away), language, time.time()
        )
        with speaking(language):
            return explain(known)

    async def _kept_since(
        self, lines: Sequence[AuditEntry], entity_id: str, state: Mapping[str, Any] | None
    ) -> AuditEntry | None:
        """What we did last, when the state was the same ever since: a restart of Home Assistant gives it a new date."""
        ours = last_move(lines, entity_id)
        if ours is None or state is None or state_after(ours, entity_id) != state.get("state"):
            return None
        try:
            told = await self._home.read(
                "history/history_during_period", entity_ids=[entity_id], no_attributes=True, minimal_response=True,
                start_time=datetime.fromtimestamp(ours.at, UTC).isoformat(), significant_changes_only=False,
            )  # fmt: skip
        except (TransportError, CallRefused) as error:
            _log.debug("no history", reason=str(error))
            return None
        seen = {str(row.get("s", row.get("state"))) for row in (told or {}).get(entity_id) or ()}
        return ours if seen and seen <= {state["state"], "unavailable", "unknown"} else None

    async def _traced(self, cause: AuditEntry, away: list[tuple[str, str]], trace_id: str) -> Sequence[AuditEntry]:
        if not cause.trace_id:
            return (cause,)
        wanted = AuditQuery(trace_id=cause.trace_id, limit=_LINES)
        found = await self._asked(LIST_AUDIT, wanted, away, "away_actuator", trace_id)
        return found.lines if isinstance(found, AuditLines) else (cause,)

    async def _firing(self, cause: AuditEntry, away: list[tuple[str, str]], trace_id: str) -> FiringReport | None:
        if not cause.rule_id or not cause.trace_id:
            return None
        wanted = FiringQuery(trace_id=cause.trace_id, limit=1)
        found = await self._asked(LIST_FIRINGS, wanted, away, "away_planner", trace_id)
        return found.firings[0] if found is not None and found.firings else None

    async def _asked(
        self, operation: Operation[Any, Any], request: Payload, away: list[tuple[str, str]], key: str, trace_id: str
    ) -> Any:
        try:
            return await self._ask(operation, request, timeout=_SECONDS, trace_id=trace_id)
        except (TransportError, TaskFailed) as error:
            _log.info("why could not ask", operation=operation.action, reason=str(error))
            if (key, str(error)) not in away and key not in [known for known, _ in away]:
                away.append((key, str(error)))
            return None

    async def _states(self, away: list[tuple[str, str]]) -> dict[str, Mapping[str, Any]]:
        try:
            return {str(row["entity_id"]): row for row in await self._home.raw_states()}
        except (TransportError, CallRefused) as error:
            away.append(("away_home", str(error)))
            return {}

    # -- Home Assistant's contexts ------------------------------------------------------------------------------

    async def _outside(self, state: Mapping[str, Any], states: Mapping[str, Mapping[str, Any]]) -> Outside:
        context = state.get("context") or {}
        user, ids = context.get("user_id"), {context.get("id"), context.get("parent_id")} - {None}
        for entity_id, other in states.items():
            domain = entity_id.partition(".")[0]
            if domain in ("automation", "script", "scene") and (other.get("context") or {}).get("id") in ids:
                because = await self._because(state) if domain == "automation" else ""
                return Outside("automation" if domain == "automation" else "script", _name(other), because)
        told = await self._log_entry(state)
        if told.get("context_domain") == "automation":
            return Outside("automation", str(told.get("context_name", "")), _source(told))
        if told.get("context_domain") in ("script", "scene"):
            return Outside("script", str(told.get("context_name", "")))
        if user or told.get("context_user_id"):
            return Outside("person", self._person(str(user or told["context_user_id"]), states) or "Somebody")
        if context.get("parent_id") or told.get("context_name"):
            return Outside("other", because=str(told.get("context_name") or ""))
        return Outside("itself")

    @staticmethod
    def _person(user_id: str, states: Mapping[str, Mapping[str, Any]]) -> str:
        persons = (row for one, row in states.items() if one.startswith("person."))
        return next((_name(row) for row in persons if (row.get("attributes") or {}).get("user_id") == user_id), "")

    async def _because(self, state: Mapping[str, Any]) -> str:
        return _source(await self._log_entry(state))

    async def _log_entry(self, state: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the logbook tells of the last change; empty when it does not."""
        try:
            changed = datetime.fromisoformat(str(state.get("last_changed"))).astimezone(UTC)
            rows = await self._home.read(
                "logbook/get_events", entity_ids=[state["entity_id"]],
                start_time=(changed - _LOG_SPAN).isoformat(), end_time=(changed + _LOG_SPAN).isoformat(),
            )  # fmt: skip
        except (ValueError, TransportError, CallRefused) as error:
            _log.debug("no logbook", reason=str(error))
            return {}
        found = [row for row in rows or () if isinstance(row, Mapping) and row.get("entity_id") == state["entity_id"]]
        at = changed.timestamp()
        near = sorted(found, key=lambda row: abs(float(row.get("when", 0)) - at))
        return near[0] if near else {}


def _name(row: Mapping[str, Any]) -> str:
    return str((row.get("attributes") or {}).get("friendly_name") or row["entity_id"])


def _source(told: Mapping[str, Any]) -> str:
    return str(told.get("context_source") or "")
