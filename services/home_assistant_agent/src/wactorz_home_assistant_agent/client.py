"""Home Assistant's automations: what there is, what it thinks of a configuration, and the writing of it."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from wactorz_common.errors import NotThere, Refused, TransportError
from wactorz_home_assistant import CallRefused, CallUncertain, HomeAssistant, LiveStates, State
from wactorz_home_assistant_agent.configs import SECTIONS, Config, in_old_spelling, normal
from wactorz_home_assistant_agent.german import phrase

if TYPE_CHECKING:
    from aiohttp import ClientSession

_SECONDS = 10.0
_MOST_CHOICES = 5
_NEW_SPELLING = (2024, 10)
_VERSION = re.compile(r"^(\d+)\.(\d+)")


@dataclass(frozen=True)
class Present:
    """An automation as Home Assistant shows it; `config` is None when it does not tell."""

    automation_id: str
    entity_id: str
    name: str
    enabled: bool
    last_triggered: float | None
    config: Config | None = None
    editable: bool = False


class HomeAssistantAutomations:
    """Reads, checks and writes automations; `home` must be connected."""

    def __init__(self, home: HomeAssistant, live: LiveStates, token: str) -> None:
        self._home, self._live, self._token = home, live, token
        self._session: ClientSession | None = None

    async def close(self) -> None:
        """Close the connection for writes."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    # -- reading ------------------------------------------------------------------------------------------------

    def shown(self) -> list[Present]:
        """All automations by name, from the live states, without their configurations."""
        found = [_present(self._live[name]) for name in self._live if name.startswith("automation.")]
        return sorted(found, key=lambda one: (one.name.casefold(), one.entity_id))

    def by_id(self, automation_id: str) -> Present | None:
        """The automation of that id, as the live states show it."""
        return next((one for one in self.shown() if automation_id and one.automation_id == automation_id), None)

    def find(self, named: str) -> Present:
        """The automation that a person means by an id, an entity id or a name; Refused when that is not just one."""
        said, shown = _key(named), self.shown()
        exact = [one for one in shown if said in (_key(one.automation_id), _key(one.entity_id), _key(one.name))]
        words = set(said.split())
        found = exact or [one for one in shown if words and words <= set(_key(f"{one.name} {one.entity_id}").split())]
        if len(found) == 1:
            return found[0]
        if found:
            names = phrase(" or ").join(f"“{one.name}” ({one.entity_id})" for one in found[:_MOST_CHOICES])
            raise Refused(
                phrase("There are {found} automations like that. Which one: {names}?", found=len(found), names=names)
            )
        near = get_close_matches(said, [_key(one.name) for one in shown], n=3, cutoff=0.5)
        names = phrase(" or ").join(f"“{one.name}”" for one in shown if _key(one.name) in near)
        hint = phrase("Did you mean {names}?", names=names) if names else phrase("`list automations` shows them all.")
        raise NotThere(phrase("There is no automation '{named}'. {hint}", named=named, hint=hint))

    async def wait_gone_or_there(self, automation_id: str, seconds: float, *, there: bool) -> Present | None:
        """Wait until the entity of an automation shows, or is gone; what shows at the end."""
        for _ in range(max(1, round(seconds / 0.05))):
            found = self.by_id(automation_id)
            if (found is not None) is there:
                return found
            await asyncio.sleep(0.05)
        return self.by_id(automation_id)

    async def config_of(self, present: Present) -> Config | None:
        """Its configuration, wherever a person keeps it; None when Home Assistant does not tell."""
        try:
            answer = await self._home.read("automation/config", entity_id=present.entity_id)
        except CallRefused:
            return await self.stored(present.automation_id) if present.automation_id else None
        config = answer.get("config") if isinstance(answer, Mapping) else None
        return normal(config) if isinstance(config, Mapping) else None

    async def stored(self, automation_id: str) -> Config | None:
        """The configuration that Home Assistant keeps itself, and lets others write; None when there is none."""
        status, answer = await self._rest("GET", automation_id)
        if status == HTTPStatus.NOT_FOUND:
            return None
        if status != HTTPStatus.OK or not isinstance(answer, Mapping):
            raise TransportError(
                phrase("Home Assistant did not show the automation: {told}", told=_told(status, answer))
            )
        return normal(answer)

    async def services(self) -> frozenset[str]:
        """Every service that can be called, as domain.name."""
        return frozenset(
            f"{domain}.{name}" for domain, own in (await self._home.services()).items() for name in own
        )  # fmt: skip

    async def problems_of(self, config: Config) -> list[str]:
        """What Home Assistant has against the triggers, conditions and actions; empty when nothing."""
        sections = {key: config[key] for key in SECTIONS if config.get(key)}
        if not sections:
            return []
        try:
            answer = await self._home.read("validate_config", **sections)
        except CallRefused:
            old = in_old_spelling(sections)
            try:
                answer = await self._home.read("validate_config", **{key: old[key] for key in old if old[key]})
            except CallRefused as error:
                raise Refused(phrase("Home Assistant does not check automations: {error}", error=error)) from error
        verdicts = answer.items() if isinstance(answer, Mapping) else ()
        return [str(one.get("error")) for _, one in verdicts if isinstance(one, Mapping) and not one.get("valid")]

    # -- writing ------------------------------------------------------------------------------------------------

    async def save(self, automation_id: str, config: Config) -> None:
        """Write a configuration; Home Assistant takes it up at once.

        Refused: it declines. CallUncertain: it may have been written.
        """
        version = _VERSION.match(str((await self._home.config()).get("version", "")))
        is_new = version is None or (int(version[1]), int(version[2])) >= _NEW_SPELLING
        body = normal(config) if is_new else in_old_spelling(config)
        status, answer = await self._rest("POST", automation_id, body)
        if status != HTTPStatus.OK:
            raise Refused(phrase("Home Assistant did not take the automation: {told}", told=_told(status, answer)))

    async def delete(self, automation_id: str) -> None:
        """Delete a configuration; one that is gone already is fine."""
        status, answer = await self._rest("DELETE", automation_id)
        if status == HTTPStatus.BAD_REQUEST and await self.stored(automation_id) is None:
            return
        if status not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
            raise Refused(phrase("Home Assistant did not delete the automation: {told}", told=_told(status, answer)))

    async def switch(self, entity_id: str, *, on: bool, seconds: float = 5.0) -> bool:
        """Enable or disable it; whether that was read back."""
        try:
            await self._home.call_service("automation", "turn_on" if on else "turn_off", {"entity_id": entity_id})
        except CallRefused as error:
            raise Refused(phrase("Home Assistant declined: {error}", error=error)) from error
        wanted = "on" if on else "off"
        return await self._live.wait_until(entity_id, lambda state: state.state == wanted, seconds) is not None

    async def _rest(self, method: str, automation_id: str, body: Any = None) -> tuple[int, Any]:
        from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout  # noqa: PLC0415  # memory

        if self._session is None:
            self._session = ClientSession()
        address = f"{self._home.url}/api/config/automation/config/{automation_id}"
        headers, limit = {"Authorization": f"Bearer {self._token}"}, ClientTimeout(total=_SECONDS)
        try:
            async with self._session.request(method, address, json=body, headers=headers, timeout=limit) as answer:
                return answer.status, await _json_of(answer)
        except ClientConnectorError as error:
            raise TransportError(
                phrase("Home Assistant at {url} cannot be reached: {error}", url=self._home.url, error=error)
            ) from error
        except (ClientError, TimeoutError) as error:
            raise CallUncertain(
                phrase("no answer from Home Assistant: {error}", error=error or type(error).__name__)
            ) from error


def _key(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold().replace("_", " ")).split())


async def _json_of(answer: Any) -> Any:
    try:
        return await answer.json(content_type=None)
    except ValueError:
        return None


def _told(status: int, answer: Any) -> str:
    message = answer.get("message") if isinstance(answer, Mapping) else None
    return str(message or f"HTTP status {status}").removeprefix("Message malformed: ")


def _present(state: State) -> Present:
    last = state.attributes.get("last_triggered")
    return Present(
        automation_id=str(state.attributes.get("id") or ""), entity_id=state.entity_id, name=state.name,
        enabled=state.state == "on", last_triggered=_epoch(last),
    )  # fmt: skip


def _epoch(at: Any) -> float | None:
    try:
        return datetime.fromisoformat(str(at)).timestamp() if at else None
    except ValueError:
        return None
