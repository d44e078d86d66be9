async def changed(client, *kinds):
    for kind in kinds:
        await client.command("subscribe_events", event_type=f"{kind}_registry_updated")


def told(client):
    return [event["data"] for event in client.events]


async def test_floors_come_change_and_go(client):
    await changed(client, "floor", "area")
    made = await client.command("config/floor_registry/create", name="Attic", level=2, aliases=["Top"])
    assert made["result"]["floor_id"] == "attic"
    await client.command("config/area_registry/update", area_id="kitchen", floor_id="attic")
    await client.command("config/floor_registry/update", floor_id="attic", level=3)
    listed = (await client.command("config/floor_registry/list"))["result"]
    assert {row["floor_id"]: row["level"] for row in listed} == {"ground_floor": 0, "first_floor": 1, "attic": 3}
    assert (await client.command("config/floor_registry/delete", floor_id="attic"))["result"] is None
    assert told(client) == [
        {"action": "create", "floor_id": "attic"},
        {"action": "update", "area_id": "kitchen"},
        {"action": "update", "floor_id": "attic"},
        {"action": "remove", "floor_id": "attic"},
        {"action": "update", "area_id": "kitchen"},
    ]
    refused = await client.command("config/floor_registry/delete", floor_id="attic")
    assert refused["error"] == {"code": "invalid_info", "message": "Floor ID doesn't exist"}


async def test_labels_come_change_and_go(client):
    await changed(client, "label")
    await client.command("config/label_registry/create", name="Party", color="red")
    await client.command("config/label_registry/update", label_id="party", name="Feast")
    listed = (await client.command("config/label_registry/list"))["result"]
    assert [row["name"] for row in listed] == ["Evening", "Safety", "Feast"]
    await client.command("config/label_registry/delete", label_id="party")
    assert [data["action"] for data in told(client)] == ["create", "update", "remove"]


async def test_entries_in_full(client):
    wanted = ["climate.kitchen_air_conditioner", "light.nope"]
    found = (await client.command("config/entity_registry/get_entries", entity_ids=wanted))["result"]
    assert found["light.nope"] is None
    assert set(found["climate.kitchen_air_conditioner"]["aliases"]) == {"Air conditioner", "AC"}


async def test_an_entity_can_be_hidden(client):
    await client.command("config/entity_registry/update", entity_id="light.kitchen_light", hidden_by="user")
    row = (await client.command("config/entity_registry/get", entity_id="light.kitchen_light"))["result"]
    assert row["hidden_by"] == "user"


async def test_a_device_can_be_renamed(client):
    await changed(client, "device")
    device = (await client.command("config/device_registry/list"))["result"][0]
    answer = await client.command("config/device_registry/update", device_id=device["id"], name_by_user="Worktop")
    assert answer["result"]["name_by_user"] == "Worktop"
    assert told(client) == [{"action": "update", "device_id": device["id"], "changes": {"name_by_user": None}}]
