"""The house: what is in it, what happens in it, and what is done to it."""

from typing import Any, Literal

from pydantic import Field

from wactorz_common.contracts._channel import Channel, OpenPayload, Operation, Payload
from wactorz_common.contracts.tasks import TaskState


class Floor(Payload):
    """A floor of the house."""

    floor_id: str = Field(description="Id in Home Assistant's floor registry")
    name: str = Field(description="Name as people say it")
    aliases: tuple[str, ...] = Field(default=(), description="Other names")
    level: int | None = Field(default=None, description="0 is the ground floor")


class Label(Payload):
    """A label that people put on areas, devices and entities."""

    label_id: str = Field(description="Id in Home Assistant's label registry")
    name: str = Field(description="Name as people say it")


class Device(Payload):
    """A device, which brings one or more entities."""

    device_id: str = Field(description="Id in Home Assistant's device registry")
    name: str = Field(description="Name as people say it")
    area_id: str | None = Field(default=None, description="Area it stands in")
    manufacturer: str | None = Field(default=None, description="Who made it")
    model: str | None = Field(default=None, description="What its maker calls it")
    labels: tuple[str, ...] = Field(default=(), description="Label ids")


class ServiceField(Payload):
    """One field of a service, as Home Assistant describes it."""

    name: str = Field(description="Key in the service data")
    required: bool = Field(default=False, description="Whether the service needs it")
    selector: str = Field(default="", description="Kind of value: number, boolean, select, text, ...")
    minimum: float | None = Field(default=None, description="Least value of a number")
    maximum: float | None = Field(default=None, description="Greatest value of a number")
    options: tuple[str, ...] = Field(default=(), description="Values to choose from")


class Area(Payload):
    """A room or other area."""

    area_id: str = Field(description="Id in Home Assistant's area registry")
    name: str = Field(description="Name as people say it")
    aliases: tuple[str, ...] = Field(default=(), description="Other names")
    floor_id: str | None = Field(default=None, description="Floor it is on")
    labels: tuple[str, ...] = Field(default=(), description="Label ids")


class Entity(Payload):
    """One entity as the registry knows it."""

    entity_id: str = Field(description="For example light.kitchen_light")
    name: str = Field(description="Name as people say it")
    aliases: tuple[str, ...] = Field(default=(), description="Other names")
    area_id: str | None = Field(default=None, description="Area it is in, its device's area included")
    device_class: str | None = Field(default=None, description="For example temperature or door")
    unit: str | None = Field(default=None, description="Unit of measurement")
    state: str | None = Field(default=None, description="State when the registry was read")
    attributes: dict[str, Any] = Field(default_factory=dict, description="Attributes when the registry was read")
    changed_at: float | None = Field(
        default=None, description="When it took its state, in epoch seconds; known in reports of live states only"
    )
    registry_id: str = Field(default="", description="Id that outlives a new entity id; empty for unregistered ones")
    device_id: str | None = Field(default=None, description="Device that brings it")
    labels: tuple[str, ...] = Field(default=(), description="Label ids, those of its device not included")
    category: str | None = Field(default=None, description="config or diagnostic; None for what people use")
    hidden: bool = Field(default=False, description="A person has hidden it: found by its name only, never in groups")

    @property
    def domain(self) -> str:
        """The part of the entity id before the dot."""
        return self.entity_id.split(".", 1)[0]


class House(Payload):
    """The registry of the house."""

    version: int = Field(description="Rises with each change")
    name: str = Field(default="Home", description="Name of the house")
    language: str = Field(default="en", description="Language of the house")
    temperature_unit: str = Field(default="°C", description="Unit people read temperatures in")
    demo: bool = Field(default=False, description="The simulated house answers")
    time_zone: str = Field(default="UTC", description="IANA name of the house's time zone")
    latitude: float | None = Field(default=None, description="Degrees north")
    longitude: float | None = Field(default=None, description="Degrees east")
    elevation: float = Field(default=0.0, description="Meters above the sea")
    floors: tuple[Floor, ...] = Field(default=(), description="Floors, lowest first")
    labels: tuple[Label, ...] = Field(default=(), description="Labels")
    areas: tuple[Area, ...] = Field(default=(), description="Rooms and other areas")
    devices: tuple[Device, ...] = Field(default=(), description="Every device")
    entities: tuple[Entity, ...] = Field(default=(), description="Every entity")
    services: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="Service names by domain")
    fields: dict[str, tuple[ServiceField, ...]] = Field(
        default_factory=dict, description="Fields by domain.service, where Home Assistant describes them"
    )


class HouseQuery(Payload):
    """Asks for one part of the registry, which may be larger than a message."""

    part: int = Field(default=0, ge=0, description="Which part, from 0")
    version: int | None = Field(default=None, description="Version that the earlier parts were of; None for the first")


class HousePart(Payload):
    """One part of the registry."""

    version: int = Field(description="Version of the registry that this is a part of")
    part: int = Field(description="Which part, from 0; the first again when another version was asked for")
    parts: int = Field(description="How many there are")
    data: str = Field(description="Base64 of a piece of the zlib-compressed JSON of a House")


class HouseVersion(Payload):
    """Which version of the registry there is now."""

    version: int = Field(description="Version of the registry; another one than yours means: ask for it again")


class StateChange(OpenPayload):
    """A change of state, as Home Assistant reports it."""

    type: Literal["home_assistant_state_change"] = Field(
        default="home_assistant_state_change", description="Kind of message"
    )
    entity_id: str = Field(description="Entity that changed")
    domain: str = Field(description="Domain of the entity")
    new_state: dict[str, Any] | None = Field(default=None, description="State object after; None when removed")
    old_state: dict[str, Any] | None = Field(default=None, description="State object before; None when new")
    context: dict[str, Any] | None = Field(default=None, description="Home Assistant's context ids")
    timestamp: float = Field(description="Epoch seconds")
    resync: bool = Field(default=False, description="A full resynchronisation after a (re)connect, not an event")
    filled: bool = Field(
        default=False, description="An event that was missed and comes from the recorder, with the time it happened at"
    )
    trimmed: bool = Field(default=False, description="The attributes are too large for a message and left out")


class HomeMap(OpenPayload):
    """The entity and location map; over the size limit it comes in chunks."""

    type: str = Field(default="home_assistant_map_update", description="Kind of message")
    event_type: str = Field(default="entity_registry_updated", description="What caused it")
    timestamp: float = Field(description="Epoch seconds")
    event: dict[str, Any] | None = Field(default=None, description="Home Assistant's event, if one caused it")
    devices: tuple[dict[str, Any], ...] | None = Field(default=None, description="Devices with entities and areas")
    version: int = Field(default=0, description="Version of the registry that this map shows")


class ServiceCall(Payload):
    """One absolute command to devices."""

    domain: str = Field(description="Service domain, for example light")
    service: str = Field(description="Service name, for example turn_on; never toggle")
    entity_id: tuple[str, ...] = Field(min_length=1, description="Entities it is for")
    data: dict[str, Any] = Field(default_factory=dict, description="Further service data")


class Actuation(Payload):
    """Service calls to be made once, in order."""

    calls: tuple[ServiceCall, ...] = Field(min_length=1, max_length=50, description="What to do")
    reason: str = Field(default="", description="The sentence or rule behind it")
    tainted: bool = Field(default=False, description="A model that read untrusted text proposed it")
    rule_id: str = Field(default="", description="Rule that fired, if one did")
    person: str = Field(default="", description="Who said it, as the door that let them in knows them")
    origin: Literal["person", "model", "rule", "agent"] = Field(default="person", description="What decided on it")
    evidence: dict[str, Any] = Field(
        default_factory=dict, description="Trigger with its value and conditions with theirs, when a rule fired"
    )


class CallOutcome(Payload):
    """How one call ended."""

    call: ServiceCall = Field(description="What was sent")
    state: TaskState = Field(description="done when the effect was read back; unknown when it was not")
    detail: str = Field(default="", description="For a person")
    approval_id: str = Field(default="", description="Approval that it, or the part of it that was not sent, waits for")
    context_id: str = Field(default="", description="Home Assistant's id of what the call caused, if it told one")


class ActuationResult(Payload):
    """How an actuation ended, call by call."""

    outcomes: tuple[CallOutcome, ...] = Field(description="One for each call, in order")
    text: str = Field(description="One sentence for a person")
    approval_id: str = Field(default="", description="Approval that calls wait for, if any do")


class ActuationEvent(Payload):
    """Evidence of an actuation: what was sent and what was read back."""

    automation_id: str = Field(description="Rule or task that caused it")
    task_id: str = Field(description="Id of the durable task")
    actions: tuple[dict[str, Any], ...] = Field(description="Calls with their outcome")
    trigger_payload: dict[str, Any] | None = Field(default=None, description="What triggered it")
    timestamp: float = Field(description="Epoch seconds")
    trace_id: str = Field(default="", description="Follows one wish from the sentence or sensor to the device")
    entity_ids: tuple[str, ...] = Field(default=(), description="Entities that were acted on")
    outcome: str = Field(default="", description="done, failed or unknown")
    person: str = Field(default="", description="Who, where a person is behind it")
    origin: str = Field(default="", description="person, model, rule or agent")


class StateQuery(Payload):
    """A question about states."""

    entity_id: tuple[str, ...] = Field(default=(), description="Entities; empty means all")


class StateReport(Payload):
    """States as Home Assistant has them now."""

    states: tuple[Entity, ...] = Field(description="Entities with their live state and attributes")


class SetDemoState(Payload):
    """Move a sensor of the demo home."""

    entity_id: str = Field(description="Entity to move")
    state: str = Field(description="New state")
    attributes: dict[str, Any] = Field(default_factory=dict, description="Attributes to set with it")


STATE_CHANGE = Channel(
    "STATE_CHANGE", "homeassistant/state_changes/{domain}/{entity_id}", StateChange, 1, "State changes by entity"
)
STATE_CHANGE_FLAT = Channel(
    "STATE_CHANGE_FLAT", "homeassistant/state_changes", StateChange, 1, "State changes on one topic"
)
HOME_MAP = Channel("HOME_MAP", "homeassistant/map/entities_with_location", HomeMap, 0, "Live entity and location map")
HOUSE_VERSION = Channel(
    "HOUSE_VERSION", "homeassistant/map/version", HouseVersion, 1, "Version of the house's registry", retain=True
)
ACTUATIONS = Channel("ACTUATIONS", "agents/{agent_id}/actuations", ActuationEvent, 1, "Every action on a device")

CHANNELS = (STATE_CHANGE, STATE_CHANGE_FLAT, HOME_MAP, HOUSE_VERSION, ACTUATIONS)

GET_HOUSE = Operation(
    "get_house", "home-assistant-map-agent", HouseQuery, HousePart, "One part of the registry of the house", timeout=15
)
GET_STATES = Operation(
    "get_states", "home-assistant-agent", StateQuery, StateReport, "Live states of entities", timeout=15
)
SET_DEMO_STATE = Operation(
    "set_demo_state", "home-assistant-agent", SetDemoState, Entity, "Move a sensor of the demo home", timeout=15
)
ACTUATE = Operation(
    "actuate", "home-assistant-actuator", Actuation, ActuationResult, "Act on devices, once", durable=True, timeout=30
)

OPERATIONS = (GET_HOUSE, GET_STATES, SET_DEMO_STATE, ACTUATE)
