"""A spawn specification as it is kept, hashed and sent; pure."""

import hashlib
import json
from typing import Any

from wactorz_common.contracts.automating import NEEDED_AGENTS, ActuatorConfig
from wactorz_common.contracts.guests import FREE_TO_HEAR
from wactorz_common.contracts.spawning import Grants, SpawnSpec
from wactorz_common.rights import covers
from wactorz_monitor.german import phrase

Spec = dict[str, Any]
"""The spawn object in wire spelling."""

_FOR_THIS_WISH_ONLY = (
    "replace", "trusted", "action", "_agent_id", "_initial_state", "_migration_token", "_proposed_by", "_asked_by",
)  # fmt: skip
_OURS_ALONE = ("grants", "limits")
_SHORTENED = 20_000


def completed(spec: SpawnSpec) -> SpawnSpec:
    """The wish with the grants that go without saying: what a configuration of devices listens to and asks."""
    if spec.kind != "ha_actuator":
        return spec
    grants, topics = spec.grants, ActuatorConfig.of(spec).mqtt_topics
    heard = tuple(topic for topic in topics if not covers(FREE_TO_HEAR, topic))
    more = {
        "subscribe": tuple(dict.fromkeys((*grants.subscribe, *heard))),
        "agents": tuple(dict.fromkeys((*grants.agents, *NEEDED_AGENTS))),
    }
    return spec.model_copy(update={"grants": grants.model_copy(update=more)})


def canonical(spec: SpawnSpec, node: str) -> Spec:
    """What is kept of a wish: the agent itself, without what belongs to this one message."""
    kept = spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for key in _FOR_THIS_WISH_ONLY:
        kept.pop(key, None)
    return {**kept, "name": spec.name, "type": spec.kind, "poll_interval": spec.poll_interval, "node": node}


def fingerprint(spec: Spec) -> str:
    """A hash that changes with every change of the specification."""
    text = json.dumps(spec, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def code_hash(spec: Spec) -> str:
    """Hash of the code; empty when there is none."""
    code = spec.get("code", "")
    return hashlib.sha256(code.encode(errors="surrogatepass")).hexdigest() if code else ""


def grants_of(spec: Spec) -> Grants:
    """What the agent may reach."""
    return Grants.accept(spec.get("grants", {}))


def asks_for_more(spec: Spec) -> bool:
    """Whether it needs grants or packages: what a model may not decide alone.

    A persona needs none to ask the language model; the budget bounds what that costs.
    """
    return bool(spec.get("install")) or grants_of(spec) != Grants()


def wire(spec: Spec, agent_id: str, *, is_main: bool, is_ours: bool, replace: bool, **extras: Any) -> bytes:
    """The payload for a node: the plain spawn object; a stand-alone runner gets no keys that only ours know."""
    body = {key: value for key, value in spec.items() if not (is_main and key == "node")}
    if replace:
        body["replace"] = True
    if is_ours:
        body["_agent_id"] = agent_id
        body |= {f"_{key}": value for key, value in extras.items() if value}
    else:
        body = {key: value for key, value in body.items() if key not in _OURS_ALONE and not key.startswith("_")}
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def in_words(spec: Spec, *, replaces: bool) -> str:
    """What exactly a yes would let happen."""
    grants = grants_of(spec)
    parts = [
        phrase("publish on {names}", names=", ".join(grants.publish)) if grants.publish else "",
        phrase("listen to {names}", names=", ".join(grants.subscribe)) if grants.subscribe else "",
        phrase("call {names}", names=", ".join(grants.http)) if grants.http else "",
        phrase("give tasks to {names}", names=", ".join(grants.agents)) if grants.agents else "",
        phrase("ask the language model") if grants.model else "",
    ]
    may = "; ".join(filter(None, parts))
    packages = ", ".join(spec.get("install", ()))
    needs = " and needs the packages {names}" if may else ", which needs the packages {names}"
    return (
        phrase(
            "Replace the agent {name} ({kind}) on {node}" if replaces else "Spawn the agent {name} ({kind}) on {node}",
            name=spec["name"], kind=spec["type"], node=spec["node"],
        )
        + (phrase(", which may {what}", what=may) if may else "")
        + (phrase(needs, names=packages) if packages else "")
    )  # fmt: skip


def outline(spec: Spec) -> Spec:
    """The specification without its code and its prompt, which their hash and length stand for."""
    rest = {key: value for key, value in spec.items() if key not in ("code", "system_prompt")}
    prompt = spec.get("system_prompt", "")
    return {
        **rest, **({"code_sha256": code_hash(spec)} if spec.get("code") else {}),
        **({"system_prompt_characters": len(prompt)} if prompt else {}),
    }  # fmt: skip


def for_people(spec: Spec) -> Spec:
    """The specification as data for a list: long code is cut, its hash tells the rest."""
    code = spec.get("code", "")
    shown = {**spec, "code": code[:_SHORTENED]} if len(code) > _SHORTENED else spec
    return {**shown, "code_sha256": code_hash(spec)} if code else shown
