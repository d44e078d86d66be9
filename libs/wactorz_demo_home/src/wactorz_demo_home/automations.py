"""Automations of the house: kept, checked, and run for triggers of state, number and clock."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from wactorz_demo_home import triggers
from wactorz_demo_home.context import Context
from wactorz_demo_home.devices import Device
from wactorz_demo_home.errors import CallError, malformed
from wactorz_demo_home.states import Event
from wactorz_demo_home.store import Store
from wactorz_demo_home.triggers import many

if TYPE_CHECKING:
    from wactorz_demo_home.world import World

Config = dict[str, Any]

_SECTIONS = {"trigger": "triggers", "condition": "conditions", "action": "actions"}
_CHECKS = {
    "triggers": triggers.trigger_problem, "conditions": triggers.condition_problem, "actions": triggers.action_problem,
}  # fmt: skip
_PATH = "/api/config/automation/config/{automation_id}"

_log = structlog.get_logger(__name__)


class Automations:
    """All automations of a house; `run` keeps the clock."""

    def __init__(self, world: "World", store: Store | None) -> None:
        self._world, self._store = world, store
        self.configs: dict[str, Config] = (store.load_document("automations") if store else None) or {}
        self._entities: dict[str, str] = {}
        self._waiting: dict[tuple[str, int], asyncio.TimerHandle] = {}
        kept = store.load() if store else {}
        for automation_id, config in self.configs.items():
            entity_id = self._add(automation_id, config)
            if entity_id in kept:
                world.states[entity_id] = kept[entity_id]
        world.bus.listen("state_changed", self._on_change)

    # -- keeping ------------------------------------------------------------------------------------------------

    def save(self, automation_id: str, config: Config) -> None:
        """Make or replace an automation; raise CallError when it would not run."""
        if not isinstance(config.get("alias"), str) or not config["alias"]:
            raise malformed("required key not provided @ data['alias']")
        modern = {"id": automation_id, **_modern(config)}
        problem = next(filter(None, (error for _, error in problems(modern))), "")
        if problem:
            raise malformed(problem)
        is_new = automation_id not in self.configs
        self.configs[automation_id] = modern
        self._keep()
        if is_new:
            self._add(automation_id, modern)
            self._tell("create", self._entities[automation_id])
        else:
            self._world.show(self._entities[automation_id], friendly_name=modern["alias"])

    def delete(self, automation_id: str) -> bool:
        """Delete an automation; False when there is none."""
        if self.configs.pop(automation_id, None) is None:
            return False
        self._keep()
        entity_id = self._entities.pop(automation_id)
        self._world.drop_device(entity_id)
        self._tell("remove", entity_id)
        return True

    def config_of(self, entity_id: str) -> Config | None:
        """Return the configuration behind an entity."""
        return next((self.configs[one] for one, known in self._entities.items() if known == entity_id), None)

    def _add(self, automation_id: str, config: Config) -> str:
        base = "automation." + (re.sub(r"[^a-z0-9]+", "_", config["alias"].lower()).strip("_") or "automation")
        taken, number = self._world.states, 2
        entity_id = base
        while entity_id in taken:
            entity_id, number = f"{base}_{number}", number + 1
        shown = {"id": automation_id, "last_triggered": None, "mode": config.get("mode", "single"), "current": 0}
        device = Device(entity_id=entity_id, name=config["alias"], state="on", attributes=shown)
        self._entities[automation_id] = entity_id
        self._world.add_device(device, platform="automation", unique_id=automation_id)
        return entity_id

    def _tell(self, action: str, entity_id: str) -> None:
        self._world.bus.fire(Event("entity_registry_updated", {"action": action, "entity_id": entity_id}, Context()))

    def _keep(self) -> None:
        if self._store:
            self._store.save_document("automations", self.configs)

    # -- running ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Fire what is due by the clock, second by second."""
        last = datetime.now(UTC).replace(microsecond=0)
        while True:
            await asyncio.sleep(1.0 - datetime.now(UTC).microsecond / 1e6 + 0.001)
            now = datetime.now(UTC).replace(microsecond=0)
            while last < now:
                last += timedelta(seconds=1)
                for automation_id, trigger in self._triggers():
                    if triggers.due(trigger, last):
                        self._fire(automation_id, str(trigger.get("at", "time pattern")), Context())

    def trigger(self, entity_id: str, context: Context, *, skip_condition: bool = True) -> None:
        """Run an automation now, as the service `automation.trigger` does."""
        automation_id = next((one for one, known in self._entities.items() if known == entity_id), "")
        if automation_id:
            self._act(automation_id, "", context, check=not skip_condition)

    def _triggers(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for automation_id in tuple(self.configs):
            for trigger in self.configs[automation_id].get("triggers", ()):
                yield automation_id, trigger

    def _on_change(self, event: Event) -> None:
        old, new = event.change or (None, None)
        entity_id = str(event.data["entity_id"])
        for number, (automation_id, trigger) in enumerate(self._triggers()):
            if not triggers.fires(trigger, entity_id, old, new):
                continue
            loop, because = asyncio.get_running_loop(), f"state of {entity_id}"
            held = triggers.seconds_of(trigger.get("for"))
            if not held:
                loop.call_soon(self._fire, automation_id, because, event.context)
                continue
            waiting = self._waiting.pop((automation_id, number), None)
            if waiting is not None:
                waiting.cancel()
            self._waiting[automation_id, number] = loop.call_later(
                held, self._fire_if_still, automation_id, trigger, entity_id, new, event.context
            )

    def _fire_if_still(self, automation_id: str, trigger: Any, entity_id: str, then: Any, context: Context) -> None:
        now = self._world.states.get(entity_id)
        if triggers.still(trigger, now) and now is not None and now.last_changed == then.last_changed:
            self._fire(automation_id, f"state of {entity_id}", context)

    def _fire(self, automation_id: str, because: str, cause: Context) -> None:
        state = self._world.states.get(self._entities.get(automation_id, ""))
        if state is not None and state.condition.state == "on":
            self._act(automation_id, because, cause, check=True)

    def _act(self, automation_id: str, because: str, cause: Context, *, check: bool) -> None:
        config, entity_id, now = self.configs[automation_id], self._entities[automation_id], datetime.now(UTC)
        if check and not all(triggers.holds(one, self._world.states, now) for one in config.get("conditions", ())):
            return
        context = Context(parent_id=cause.id)
        data = {"name": config["alias"], "entity_id": entity_id, "source": because}
        self._world.bus.fire(Event("automation_triggered", data, context))
        self._world.show(entity_id, context, last_triggered=now.isoformat())
        for step in config.get("actions", ()):
            domain, _, service = str(step["action"]).partition(".")
            outcome = self._world.call(domain, service, {**step.get("data", {}), **_target(step)}, context)
            outcome.report()
            if outcome.error is not None:
                _log.warning("automation stopped", automation=entity_id, reason=outcome.error.message)
                return


class AutomationDoor:
    """Serves `/api/config/automation/config/…`."""

    def __init__(self, automations: Automations) -> None:
        self._automations = automations

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add every path."""
        router.add_get(_PATH, self.read)
        router.add_post(_PATH, self.write)
        router.add_delete(_PATH, self.remove)

    async def read(self, request: web.Request) -> web.Response:
        """Answer with one configuration."""
        found = self._automations.configs.get(request.match_info["automation_id"])
        return web.json_response(found) if found else web.json_response({"message": "Resource not found"}, status=404)

    async def write(self, request: web.Request) -> web.Response:
        """Keep a configuration."""
        try:
            config = await request.json()
        except ValueError:
            config = None
        if not isinstance(config, dict):
            return web.json_response({"message": "Invalid JSON specified"}, status=400)
        try:
            self._automations.save(request.match_info["automation_id"], config)
        except CallError as error:
            return web.json_response({"message": f"Message malformed: {error.message}"}, status=400)
        return web.json_response({"result": "ok"})

    async def remove(self, request: web.Request) -> web.Response:
        """Delete a configuration."""
        if self._automations.delete(request.match_info["automation_id"]):
            return web.json_response({"result": "ok"})
        return web.json_response({"message": "Resource not found"}, status=400)


def problems(config: Config) -> list[tuple[str, str]]:
    """Return what is wrong with each section that is there; empty text when nothing is."""
    modern = _modern(config)
    return [
        (section, next(filter(None, (check(part) for part in modern[section])), ""))
        for section, check in _CHECKS.items()
        if section in modern
    ]


def _modern(config: Mapping[str, Any]) -> Config:
    """The configuration as Home Assistant 2025.4 keeps it: sections in the plural, actions instead of services."""
    renamed = {_SECTIONS.get(key, key): value for key, value in config.items() if key != "id"}
    modern = {key: many(value) if key in _CHECKS else value for key, value in renamed.items()}
    if "actions" in modern:
        modern["actions"] = [_with_action(step) for step in modern["actions"]]
    return modern


def _with_action(step: Any) -> Any:
    if not isinstance(step, Mapping) or "service" not in step:
        return step
    return {**{key: value for key, value in step.items() if key != "service"}, "action": step["service"]}


def _target(step: Mapping[str, Any]) -> dict[str, Any]:
    named = {"entity_id": step["entity_id"]} if "entity_id" in step else {}
    return {**named, **step.get("target", {})}
