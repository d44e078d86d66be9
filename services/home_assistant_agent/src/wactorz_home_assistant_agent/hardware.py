"""What a wish needs: kinds of device, which of them are there, and what to look for; pure but for the model's part."""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Literal

from wactorz_common.briefing import words
from wactorz_common.contracts.automations import HardwareNeed, HardwareReport
from wactorz_common.contracts.home import Area, Entity, House
from wactorz_common.contracts.llm import Completion, CompletionResult, ModelMessage, Tool
from wactorz_home_assistant import inline
from wactorz_home_assistant_agent.german import phrase
from wactorz_home_assistant_agent.hardware_kinds import KINDS, WISHES, Kind

TOOL = "needs"

_MOST_NAMED = 4
_MOST_NEEDS = 8


Ask = Callable[[Completion], Awaitable[CompletionResult]]


def by_rules(task: str, house: House) -> HardwareReport | None:
    """What a common wish needs, without a model; None for other wishes."""
    said = task.casefold()
    found = next((needs for pattern, needs in WISHES if re.search(pattern, said)), None)
    if found is None:
        return None
    area = _area_in(said, house)
    needs = [_need(KINDS[kind], purpose, house, area) for kind, purpose in found]
    return report_of(needs, house, area, "rules")


async def by_model(ask: Ask, task: str, house: House) -> HardwareReport | None:
    """What any other wish needs: a model names kinds, the registry says what is there. None without a model."""
    answer = await ask(question(task, house))
    call = next((call for call in answer.tool_calls if call.name == TOOL), None)
    if not answer.available or call is None:
        return None
    area, needs = _area_in(task.casefold(), house), list[HardwareNeed]()
    for one in list(call.arguments.get("needs") or ())[:_MOST_NEEDS]:
        if isinstance(one, dict) and isinstance(one.get("kind"), str):
            classes = (str(one["device_class"]),) if one.get("device_class") else ()
            kind = Kind(_short(one["kind"]), (str(one.get("domain", "")),), classes, _short(one.get("hint")))
            needs.append(_need(kind, _short(one.get("purpose")), house, area))
    if not needs:
        return None
    source: Literal["local", "cloud"] = "local" if answer.provider == "ollama" else "cloud"
    return report_of(needs, house, area, source).model_copy(update={"cost_usd": answer.cost_usd or None})


def question(task: str, house: House) -> Completion:
    """The question that asks a model for kinds of device; it names no device of the house."""
    domains = sorted({entity.domain for entity in house.entities})
    classes = sorted({entity.device_class for entity in house.entities if entity.device_class})[:60]
    system = (
        "A person wants their home to do something. Name the kinds of device that it needs by calling the tool "
        "`needs`, in terms of Home Assistant domains and device classes. Name no products and no entities."
    )
    content = f"Wish: {task}\nDomains in the house: {', '.join(domains)}\nDevice classes: {', '.join(classes)}"
    return Completion(
        messages=(ModelMessage(role="user", content=content),), system=system, tools=(_tool(),), force_tool=TOOL,
        max_tokens=800, agent="home-assistant-agent", purpose="hardware",
    )  # fmt: skip


def report_of(
    needs: Iterable[HardwareNeed], house: House, area: Area | None, source: Literal["rules", "local", "cloud"]
) -> HardwareReport:
    """The answer in words."""
    needs = tuple(needs)
    names = {entity.entity_id: entity.name for entity in house.entities}
    place = phrase(" in the {area}", area=inline(area.name)) if area else ""
    lines = [f"- {_line(need, names)}" for need in needs]
    missing = tuple(need.kind for need in needs if not need.entity_ids)
    needed = [need.kind for need in needs if not need.entity_ids and "(optional)" not in need.purpose]
    end = phrase("Nothing that is needed is missing.")
    if needed:
        end = phrase("Missing: {kinds}.", kinds=", ".join(needed))
    text = "\n".join([phrase("For that{place} you need:", place=place), *lines, end])
    return HardwareReport(text=text, needs=needs, missing=missing, source=source)


def _need(kind: Kind, purpose: str, house: House, area: Area | None) -> HardwareNeed:
    found = [entity for entity in house.entities if _is_one(entity, kind)]
    near = [entity for entity in found if area is None or kind.anywhere or entity.area_id == area.area_id]
    ids = tuple(entity.entity_id for entity in near)
    if "notify" in kind.domains and not ids:
        ids = tuple(f"notify.{name}" for name in house.services.get("notify", ()) if name.startswith("mobile_app"))
    return HardwareNeed(kind=kind.name, purpose=purpose, entity_ids=ids, hint=kind.hint)


def _is_one(entity: Entity, kind: Kind) -> bool:
    if entity.domain not in kind.domains or entity.hidden or entity.category is not None:
        return False
    return not kind.classes or entity.device_class in kind.classes


def _line(need: HardwareNeed, names: dict[str, str]) -> str:
    head = f"{need.kind}, {need.purpose}" if need.purpose else need.kind
    if not need.entity_ids:
        if need.hint:
            return phrase("{need}: there is none yet. Look for: {hint}.", need=head, hint=need.hint)
        return phrase("{need}: there is none yet.", need=head)
    shown = [f"{names.get(one, one)} [{one}]" for one in need.entity_ids[:_MOST_NAMED]]
    left = len(need.entity_ids) - _MOST_NAMED
    more = phrase(" and {count} more", count=left) if left > 0 else ""
    return phrase("{need}: you have {names}{more}.", need=head, names=", ".join(shown), more=more)


def _area_in(said: str, house: House) -> Area | None:
    heard = words(said)
    named = [
        (len(name), area) for area in house.areas for name in (area.name, *area.aliases)
        if words(name) and words(name) <= heard
    ]  # fmt: skip
    return max(named, key=lambda pair: pair[0])[1] if named else None


def _short(text: Any) -> str:
    return " ".join(str(text or "").split())[:120]


def _tool() -> Tool:
    one = {
        "type": "object", "required": ["kind", "purpose", "domain"],
        "properties": {key: {"type": "string"} for key in ("kind", "purpose", "domain", "device_class", "hint")},
    }  # fmt: skip
    schema = {"type": "object", "required": ["needs"], "properties": {"needs": {"type": "array", "items": one}}}
    return Tool(name=TOOL, description="The kinds of device that the wish needs", parameters=schema)
