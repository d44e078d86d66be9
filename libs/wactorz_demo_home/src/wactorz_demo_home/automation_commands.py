"""The commands of the WebSocket API that are about automations."""

from typing import Any

from wactorz_demo_home.automations import problems
from wactorz_demo_home.command import Client, Command, Message, word
from wactorz_demo_home.errors import not_found
from wactorz_demo_home.triggers import many


def _parts(value: Any) -> list[Any]:
    return many(value)


def _validate(client: Client, message: Message) -> None:
    found = problems({key: message[key] for key in ("triggers", "conditions", "actions") if key in message})
    answer = {section: {"valid": not error, "error": error or None} for section, error in found}
    client.answer(message["id"], answer)


def _config(client: Client, message: Message) -> None:
    found = client.world.automations.config_of(message["entity_id"])
    if found is None:
        raise not_found("Entity not found")
    client.answer(message["id"], {"config": found})


AUTOMATION_COMMANDS: dict[str, Command] = {
    "validate_config": Command(_validate, dict.fromkeys(("triggers", "conditions", "actions"), _parts)),
    "automation/config": Command(_config, {"entity_id": word}, ("entity_id",)),
}
