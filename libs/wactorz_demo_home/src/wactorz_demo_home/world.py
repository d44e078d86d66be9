"""The world: the state machine, the service calls that change it, and the events that tell of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from wactorz_demo_home import climate
from wactorz_demo_home.automations import Automations
from wactorz_demo_home.calllog import CallLog
from wactorz_demo_home.catalog import Service, with_scripts
from wactorz_demo_home.condition import Condition
from wactorz_demo_home.context import Context
from wactorz_demo_home.devices import Device
from wactorz_demo_home.errors import CallError, refused, service_not_found
from wactorz_demo_home.faults import Faults
from wactorz_demo_home.house import House
from wactorz_demo_home.past import made_up
from wactorz_demo_home.recorder import Recorder
from wactorz_demo_home.registry import Registry, stable_id
from wactorz_demo_home.states import Bus, Event, State, changed, first_state, next_state
from wactorz_demo_home.store import Store

_RUNNABLE = ("scene", "script")


@dataclass(slots=True)
class Outcome:
    """How a service call ended; whoever asked sends the answer and then calls `report`."""

    context: Context
    bus: Bus
    error: CallError | None = None
    response: dict[str, Any] | None = None
    changes: list[State] = field(default_factory=list)
    late: list[Event] = field(default_factory=list)

    def report(self) -> None:
        """Tell of the changes that devices report late."""
        events, self.late = self.late, []
        for event in events:
            self.bus.fire(event)


class World:
    """A house that lives."""

    def __init__(
        self, house: House, store: Store | None = None, call_log: CallLog | None = None,
        recorder: Recorder | None = None,
    ) -> None:  # fmt: skip
        self.name = house.name
        self.bus = Bus()
        self.faults = Faults()
        self.recorder = recorder
        if recorder is not None:
            self.bus.listen("state_changed", recorder.take)
        self.owner_id = stable_id("owner")
        self._store = store
        self._call_log = call_log
        self.registry = Registry(house, store.load_document("registry") if store else None)
        self.devices = dict(self._named(house.devices))
        self.services = with_scripts(one.split(".")[1] for one in self.devices if one.startswith("script."))
        self.states: dict[str, State] = {}
        self._away: dict[str, Condition] = {}
        self._wake(store.load() if store else {})
        self.automations = Automations(self, store)

    def _named(self, devices: Iterable[Device]) -> Iterable[tuple[str, Device]]:
        """Pair each device with its entity id of today: it may have been renamed."""
        today = {row["id"]: entity_id for entity_id, row in self.registry.entities.items()}
        for device in devices:
            entity_id = today.get(stable_id(device.entity_id), device.entity_id)
            yield entity_id, device.model_copy(update={"entity_id": entity_id})

    def _wake(self, kept: dict[str, State]) -> None:
        now = datetime.now(UTC)
        if self.recorder is not None and self.recorder.is_empty:
            self.recorder.seed(made_up(self.devices.values(), now))
        for entity_id, device in self.devices.items():
            fresh = first_state(entity_id, device.first_condition, Context(), now)
            self.states[entity_id] = kept.get(entity_id, fresh)
            if self.recorder is not None and entity_id not in kept:
                self.recorder.take(changed(entity_id, None, fresh, fresh.context))

    def add_device(self, device: Device, **row: Any) -> None:
        """Let an entity join; `row` is what its registry row has of its own."""
        self.registry.add(device, **row)
        self.devices[device.entity_id] = device
        self._commit_all({device.entity_id: device.first_condition}, Context())

    def drop_device(self, entity_id: str) -> None:
        """Let an entity go."""
        self.registry.drop(entity_id)
        self.devices.pop(entity_id, None)
        self.remove_state(entity_id, Context())

    def show(self, entity_id: str, context: Context | None = None, /, **attributes: Any) -> None:
        """Change attributes of an entity."""
        self._commit_all({entity_id: self.states[entity_id].condition.showing(**attributes)}, context or Context())

    # -- states ------------------------------------------------------------------------------------------------

    def set_state(
        self, entity_id: str, state: str, attributes: dict[str, Any] | None, context: Context, *, force: bool = False
    ) -> State:
        """Set a state by hand; attributes stay as they are when not given."""
        old = self.states.get(entity_id)
        kept = old.condition.attributes if old else {}
        condition = Condition(state, kept if attributes is None else attributes, old.condition.memory if old else {})
        self._commit_all({entity_id: condition}, context, force=force)
        return self.states[entity_id]

    def remove_state(self, entity_id: str, context: Context) -> bool:
        """Remove a state; False when there was none."""
        old = self.states.pop(entity_id, None)
        if old is None:
            return False
        if self._store:
            self._store.forget(entity_id)
        self.bus.fire(changed(entity_id, old, None, context))
        return True

    def _commit(self, conditions: dict[str, Condition], outcome: Outcome, *, force: bool = False) -> None:
        """Write conditions through to the store, then show them and tell of them."""
        now = datetime.now(UTC)
        pairs: list[tuple[State | None, State]] = []
        for entity_id, condition in conditions.items():
            old = self.states.get(entity_id)
            if old is None:
                pairs.append((old, first_state(entity_id, condition, outcome.context, now)))
            else:
                pairs.append((old, next_state(old, condition, outcome.context, now, force=force)))
        if self._store and pairs:
            self._store.save(new for _, new in pairs)
        self.states |= {new.entity_id: new for _, new in pairs}
        for old, new in pairs:
            if old is None or old.last_updated != new.last_updated:
                self._tell(old, new, outcome)

    def _commit_all(self, conditions: dict[str, Condition], context: Context, *, force: bool = False) -> None:
        """Commit changes that no service call made; there is no answer to wait for."""
        outcome = Outcome(context, self.bus)
        self._commit(conditions, outcome, force=force)
        outcome.report()

    def _tell(self, old: State | None, new: State, outcome: Outcome) -> None:
        outcome.changes.append(new)
        event = changed(new.entity_id, old, new, outcome.context)
        device = self.devices.get(new.entity_id)
        if device is not None and device.late:
            outcome.late.append(event)
        else:
            self.bus.fire(event)
        self._follow(new)

    def _follow(self, sensor: State) -> None:
        """Let the thermostats that read this sensor notice; that is a cause of its own."""
        followers = [device.entity_id for device in self.devices.values() if device.follows == sensor.entity_id]
        reading = sensor.condition.state
        seen = {one: climate.follow(self.states[one].condition, reading) for one in followers if one in self.states}
        if seen:
            self._commit_all(seen, Context())

    def make_unavailable(self, entity_ids: Iterable[str]) -> None:
        """Let devices be out of reach, and those that were before be back as they were."""
        wanted = {one for one in entity_ids if one in self.states}
        back = {one: condition for one, condition in self._away.items() if one not in wanted}
        gone = {one: self.states[one].condition for one in wanted if one not in self._away}
        self._away = {one: condition for one, condition in {**self._away, **gone}.items() if one in wanted}
        self._commit_all({**back, **{one: _unreachable(condition) for one, condition in gone.items()}}, Context())

    # -- service calls -----------------------------------------------------------------------------------------

    def call(
        self, domain: str, service: str, data: dict[str, Any], context: Context, *, return_response: bool = False
    ) -> Outcome:
        """Carry out a service call; a refusal is in the outcome, with whatever happened before it."""
        outcome = Outcome(context, self.bus)
        try:
            self._call(domain.lower(), service.lower(), data, outcome, return_response=return_response)
        except CallError as error:
            outcome.error = error
        return outcome

    def _call(
        self, domain: str, service: str, data: dict[str, Any], outcome: Outcome, *, return_response: bool = False
    ) -> None:
        described = self.services.get(domain, {}).get(service)
        if described is None:
            raise service_not_found(domain, service)
        _check_response(described, return_response=return_response)
        cleaned = described.clean(data)
        called = {"domain": domain, "service": service, "service_data": data}
        self.bus.fire(Event("call_service", called, outcome.context))
        if domain == "homeassistant":
            self._call_generic(service, cleaned, outcome)
        elif domain == "automation" and service in ("trigger", "reload"):
            for entity_id in self._targets(domain, cleaned)[0] if service == "trigger" else ():
                skips = bool(cleaned.get("skip_condition", True))
                self.automations.trigger(entity_id, outcome.context, skip_condition=skips)
        elif domain in _RUNNABLE:
            self._run(domain, service, cleaned, outcome)
        elif described.responds:
            outcome.response = self._forecasts(self._targets(domain, cleaned)[0])
        else:
            self._act(domain, service, described, cleaned, outcome)

    def _call_generic(self, service: str, data: dict[str, Any], outcome: Outcome) -> None:
        """Pass a generic call on by domain; domains without that service are passed over in silence."""
        asked, indirect = self._referenced(data)
        by_domain: dict[str, list[str]] = {}
        for entity_id in sorted({*asked, *indirect}):
            by_domain.setdefault(entity_id.split(".")[0], []).append(entity_id)
        for domain, entity_ids in by_domain.items():
            if domain != "homeassistant" and service in self.services.get(domain, {}):
                self._call(domain, service, {**data, "entity_id": entity_ids}, outcome)
        # A call that calls others takes so long that even late reports come before its answer.
        outcome.report()

    def _act(self, domain: str, service: str, described: Service, data: dict[str, Any], outcome: Outcome) -> None:
        targets, asked = self._targets(domain, data)
        able = [
            one for one in targets
            if one not in self._away and (one in asked or self._able(one, described))
        ]  # fmt: skip
        values = {key: value for key, value in data.items() if key in described.fields}
        after: dict[str, Condition] = {}
        error: CallError | None = None
        for entity_id in able:
            before = self.states[entity_id].condition
            try:
                after[entity_id] = self.devices[entity_id].apply(service, values, before, described.needs)
            except CallError as refusal:
                error = error or refusal
        if self._call_log and able:
            moved = [one for one, condition in after.items() if condition != self.states[one].condition]
            self._call_log.write(outcome.context, domain, service, able, values, moved)
        self._commit(after, outcome)
        if error:
            raise error

    def _able(self, entity_id: str, described: Service) -> bool:
        features = self.states[entity_id].condition.features
        return not described.needs or any(features & need == need for need in described.needs)

    def _run(self, domain: str, service: str, data: dict[str, Any], outcome: Outcome) -> None:
        """Activate scenes or run scripts: their members' calls have the same cause."""
        named = f"{domain}.{service}"
        targets = [named] if named in self.devices else self._targets(domain, data)[0]
        if service == "turn_off":
            return
        now = datetime.now(UTC).isoformat()
        for entity_id in targets:
            before = self.states[entity_id].condition
            after = before.showing(now) if domain == "scene" else before.showing(last_triggered=now)
            self._commit({entity_id: after}, outcome)
            for member in self.devices[entity_id].members:
                other, action = member.service.split(".")
                self._call(other, action, {**member.data, "entity_id": member.entity_id}, outcome)

    def _forecasts(self, entity_ids: list[str]) -> dict[str, Any]:
        if not entity_ids:
            raise CallError(
                "home_assistant_error", "Service call requested response data but did not match any entities"
            )
        day = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0).isoformat()
        return {
            one: {"forecast": [{"datetime": day, "condition": "sunny", "temperature": 18.0, "templow": 9.0}]}
            for one in entity_ids
        }

    def _targets(self, domain: str, data: dict[str, Any]) -> tuple[list[str], set[str]]:
        """Return the entities of this domain that a call is for, and those that it names itself."""
        own = [one for one in self.devices if one.startswith(f"{domain}.") and one in self.states]
        if data.get("entity_id") == ["all"]:
            return own, set()
        asked, indirect = self._referenced(data)
        return [one for one in own if one in asked or one in indirect], asked

    def _referenced(self, data: dict[str, Any]) -> tuple[set[str], set[str]]:
        areas, devices = set(data.get("area_id", ())), set(data.get("device_id", ()))
        indirect = {
            entity_id
            for entity_id, row in self.registry.entities.items()
            if self.registry.area_of(entity_id) in areas or row["device_id"] in devices
        }
        return set(data.get("entity_id", ())) - {"all"}, indirect

    # -- registry ----------------------------------------------------------------------------------------------

    def update_entity(self, entity_id: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Change an entity's registry row (name, area, aliases, entity id); returns the row."""
        before = self.registry.update_entity(entity_id, asked)
        new_id = asked.get("new_entity_id", entity_id)
        row = self.registry.entity(new_id)
        if before:
            self._keep_registry()
            data = {"action": "update", "entity_id": new_id, "changes": before}
            renamed = {"old_entity_id": entity_id} if new_id != entity_id else {}
            self.bus.fire(Event("entity_registry_updated", data | renamed, Context()))
            self._rename(entity_id, new_id, row["name"] or row["original_name"])
        return row

    def _rename(self, old_id: str, new_id: str, name: str) -> None:
        condition = self.states[old_id].condition.showing(friendly_name=name)
        if old_id != new_id:
            self.devices[new_id] = self.devices.pop(old_id).model_copy(update={"entity_id": new_id})
            self.remove_state(old_id, Context())
        self._commit_all({new_id: condition}, Context())

    def update_device(self, device_id: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Change a device's registry row (name, area, labels); returns the row."""
        before = self.registry.update_device(device_id, asked)
        if before:
            self._keep_registry()
            data = {"action": "update", "device_id": device_id, "changes": before}
            self.bus.fire(Event("device_registry_updated", data, Context()))
        return self.registry.devices[device_id]

    def change_registry(self, kind: str, action: str, row_id: str) -> None:
        """Keep and tell of a change to the areas, floors or labels."""
        self._keep_registry()
        self.bus.fire(Event(f"{kind}_registry_updated", {"action": action, f"{kind}_id": row_id}, Context()))

    def _keep_registry(self) -> None:
        if self._store:
            self._store.save_document("registry", self.registry.as_saved())


def _unreachable(condition: Condition) -> Condition:
    """What Home Assistant shows of a device that does not answer: what it is, but not how."""
    kept = ("device_class", "friendly_name", "supported_features", "unit_of_measurement", "restored")
    shown = {name: value for name, value in condition.attributes.items() if name in kept}
    return Condition("unavailable", shown, condition.memory)


def _check_response(described: Service, *, return_response: bool) -> None:
    placeholders = {"return_response": "return_response=True"}
    if return_response and not described.responds:
        raise refused(
            "An action which does not return responses can't be called with return_response=True",
            key="service_does_not_support_response",
            placeholders=placeholders,
        )
    if described.responds and not return_response:
        raise refused(
            "The action requires responses and must be called with return_response=True",
            key="service_lacks_response_request",
            placeholders=placeholders,
        )
