"""Home Assistant's own automations, and what the house would need for a wish."""

from typing import Any, Literal

from pydantic import AliasChoices, Field

from wactorz_common.contracts._channel import Nothing, Operation, Payload
from wactorz_common.contracts.home import Area, Device, Entity
from wactorz_common.contracts.rules import RuleDraft

_TASK = AliasChoices("task", "text", "description", "query", "message")
_NAMED = AliasChoices("automation", "automation_id", "entity_id", "id", "name", "alias")


class Automation(Payload):
    """An automation that Home Assistant runs."""

    automation_id: str = Field(description="Id in Home Assistant's configuration; empty for one without an id")
    entity_id: str = Field(description="For example automation.morning_light")
    name: str = Field(description="Name as people say it")
    enabled: bool = Field(description="Whether it runs when its triggers are met")
    last_triggered: float | None = Field(default=None, description="Epoch seconds; None when it never ran")
    summary: str = Field(default="", description="What it does, in words")
    editable: bool = Field(default=True, description="False for one that a person keeps in a file of their own")


class AutomationQuery(Payload):
    """Which automations to list."""

    search: str = Field(default="", max_length=200, description="Words of the name, an id or an entity; empty for all")


class AutomationList(Payload):
    """Automations."""

    automations: tuple[Automation, ...] = Field(description="By name")
    text: str = Field(description="The list for a person")


class AutomationRef(Payload):
    """Names one automation."""

    automation: str = Field(
        min_length=1, max_length=300, validation_alias=_NAMED, description="Id, entity id or name of the automation"
    )


class AutomationReport(Payload):
    """One automation in words and as it is kept."""

    automation: Automation = Field(description="The automation")
    config: dict[str, Any] = Field(description="As Home Assistant keeps it")
    yaml: str = Field(description="The same as YAML")
    text: str = Field(description="What it does, in plain sentences")


class _Write(Payload):
    """What every change of an automation carries."""

    dry_run: bool = Field(default=False, description="Show what would be written, and write nothing")
    person: str = Field(default="", max_length=200, description="Who said it")
    conversation_id: str = Field(default="", max_length=200, description="Session that asked; a yes counts only there")
    language: str = Field(default="", max_length=20, description="Language of the answer")


class CreateAutomation(_Write):
    """Make an automation in Home Assistant: of a draft or a configuration, else of a sentence by a model."""

    task: str = Field(default="", max_length=2000, validation_alias=_TASK, description="The sentence")
    draft: RuleDraft | None = Field(default=None, description="What the grammar read")
    config: dict[str, Any] | None = Field(default=None, description="A whole configuration in Home Assistant's form")


class EditAutomation(_Write):
    """Change an automation: by a draft or a configuration, else as a sentence says, by a model."""

    automation: str = Field(
        min_length=1, max_length=300, validation_alias=_NAMED, description="Id, entity id or name of the automation"
    )
    task: str = Field(default="", max_length=2000, validation_alias=_TASK, description="What shall be different")
    draft: RuleDraft | None = Field(default=None, description="What the grammar read")
    config: dict[str, Any] | None = Field(default=None, description="The whole new configuration")


class DeleteAutomation(_Write):
    """Delete an automation; a person must say yes to it."""

    automation: str = Field(
        min_length=1, max_length=300, validation_alias=_NAMED, description="Id, entity id or name of the automation"
    )


class SwitchAutomation(_Write):
    """Enable or disable an automation."""

    automation: str = Field(
        min_length=1, max_length=300, validation_alias=_NAMED, description="Id, entity id or name of the automation"
    )
    enabled: bool = Field(description="Whether it shall run")


class ConfirmAutomation(Payload):
    """A person's yes or no to a change that was proposed in the same session; one that opens something needs more."""

    token: str = Field(default="", max_length=100, description="`confirm` of the proposal; empty for the session's own")
    yes: bool = Field(default=True, description="False drops the proposal")
    conversation_id: str = Field(default="", max_length=200, description="Session that answers")
    person: str = Field(default="", max_length=200, description="Who answers")


class UndoAutomation(_Write):
    """Take back the last change of an automation; again takes back the one before."""


class AutomationResult(Payload):
    """What became of a change."""

    status: Literal["done", "dry_run", "needs_confirmation", "needs_approval", "unchanged", "dropped"] = Field(
        description="needs_confirmation waits for CONFIRM_AUTOMATION, needs_approval for DECIDE_APPROVAL"
    )
    text: str = Field(description="For a person")
    automation: Automation | None = Field(default=None, description="As it is now; None when it is gone or not made")
    diff: str = Field(default="", description="Unified diff of the YAML before and after; empty for enable and disable")
    explanation: str = Field(default="", description="What it does afterwards, in words")
    confirm: str = Field(default="", description="Token of the proposal, for CONFIRM_AUTOMATION")
    approval_id: str = Field(default="", description="Approval that it waits for")
    source: Literal["rules", "local", "cloud"] = Field(default="rules", description="What read the sentence")
    cost_usd: float | None = Field(default=None, description="Cost of the model call, if one was made")


class HardwareQuery(Payload):
    """What a person would like the house to do."""

    task: str = Field(min_length=1, max_length=2000, validation_alias=_TASK, description="The wish")
    language: str = Field(default="", max_length=20, description="Language of the answer")


class HardwareNeed(Payload):
    """One kind of device that a wish needs."""

    kind: str = Field(description="Kind of device in words, for example door sensor")
    purpose: str = Field(description="What it is for")
    entity_ids: tuple[str, ...] = Field(default=(), description="Devices of that kind that are there already")
    hint: str = Field(default="", description="What to look for when buying one")


class HardwareReport(Payload):
    """What is there for a wish, and what is missing."""

    text: str = Field(description="For a person")
    needs: tuple[HardwareNeed, ...] = Field(default=(), description="Everything the wish needs")
    missing: tuple[str, ...] = Field(default=(), description="Kinds that are not there")
    source: Literal["rules", "local", "cloud"] = Field(default="rules", description="What worked it out")
    cost_usd: float | None = Field(default=None, description="Cost of the model call, if one was made")


class AreaList(Payload):
    """The areas of the house."""

    areas: tuple[Area, ...] = Field(description="Rooms and other areas")


class DeviceList(Payload):
    """The devices of the house."""

    devices: tuple[Device, ...] = Field(description="Devices")


class EntityQuery(Payload):
    """Which entities to list."""

    domain: str = Field(default="", description="Only this domain")
    area: str = Field(default="", description="Only this area, by id or name")
    entity_ids: tuple[str, ...] = Field(default=(), max_length=500, description="Only these")
    limit: int = Field(default=500, ge=1, le=2000, description="At most so many")


class EntityList(Payload):
    """Entities with their live state."""

    entities: tuple[Entity, ...] = Field(description="By entity id")
    total: int = Field(description="How many there are, those left out included")


_AGENT = "home-assistant-agent"

LIST_AUTOMATIONS = Operation("list_automations", _AGENT, AutomationQuery, AutomationList,
                             "Home Assistant's automations", timeout=20)  # fmt: skip
SHOW_AUTOMATION = Operation("show_automation", _AGENT, AutomationRef, AutomationReport, "An automation in words",
                            timeout=20)  # fmt: skip
CREATE_AUTOMATION = Operation("create_automation", _AGENT, CreateAutomation, AutomationResult, "Make an automation",
                              durable=True, timeout=90)  # fmt: skip
EDIT_AUTOMATION = Operation("edit_automation", _AGENT, EditAutomation, AutomationResult, "Change an automation",
                            durable=True, timeout=90)  # fmt: skip
DELETE_AUTOMATION = Operation("delete_automation", _AGENT, DeleteAutomation, AutomationResult, "Delete an automation",
                              durable=True)  # fmt: skip
SWITCH_AUTOMATION = Operation("switch_automation", _AGENT, SwitchAutomation, AutomationResult,
                              "Enable or disable an automation", durable=True)  # fmt: skip
CONFIRM_AUTOMATION = Operation("confirm_automation", _AGENT, ConfirmAutomation, AutomationResult,
                               "Say yes or no to a proposed change of an automation", durable=True)  # fmt: skip
UNDO_AUTOMATION = Operation("undo_automation", _AGENT, UndoAutomation, AutomationResult,
                            "Take back the last change of an automation", durable=True)  # fmt: skip
RECOMMEND_HARDWARE = Operation("recommend_hardware", _AGENT, HardwareQuery, HardwareReport,
                               "What a wish needs, what is there and what is missing", timeout=90)  # fmt: skip
LIST_AREAS = Operation("list_areas", _AGENT, Nothing, AreaList, "The areas of the house", timeout=15)
LIST_DEVICES = Operation("list_devices", _AGENT, Nothing, DeviceList, "The devices of the house", timeout=15)
LIST_ENTITIES = Operation("list_entities", _AGENT, EntityQuery, EntityList, "The entities of the house", timeout=15)
GET_ENTITIES_STATE = Operation("get_entities_state", _AGENT, EntityQuery, EntityList,
                               "Live states, under the name that other agents use", timeout=15)  # fmt: skip

OPERATIONS = (
    LIST_AUTOMATIONS, SHOW_AUTOMATION, CREATE_AUTOMATION, EDIT_AUTOMATION, DELETE_AUTOMATION, SWITCH_AUTOMATION,
    CONFIRM_AUTOMATION, UNDO_AUTOMATION, RECOMMEND_HARDWARE, LIST_AREAS, LIST_DEVICES, LIST_ENTITIES,
    GET_ENTITIES_STATE,
)  # fmt: skip
