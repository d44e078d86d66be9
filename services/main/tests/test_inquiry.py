from wactorz_common.contracts.home import Area, Entity, House
from wactorz_common.contracts.policy import EntityPolicy, Policies, WhyReport
from wactorz_main.inquiry import named, policies_text

from .turn_doubles import say

HOUSE = House(
    version=1, areas=(Area(area_id="k", name="Kitchen"), Area(area_id="h", name="Hall")),
    entities=(
        Entity(entity_id="light.k", name="Ceiling Light", area_id="k", aliases=("Big one",)),
        Entity(entity_id="light.h", name="Ceiling Light", area_id="h"),
        Entity(entity_id="lock.front", name="Front Door", area_id="h"),
    ),
)  # fmt: skip


def test_names():
    assert [one.entity_id for one in named(HOUSE, "the front door?")] == ["lock.front"]
    assert [one.entity_id for one in named(HOUSE, "Big one")] == ["light.k"]
    assert [one.entity_id for one in named(HOUSE, "kitchen ceiling light")] == ["light.k"]
    assert len(named(HOUSE, "ceiling light")) == 2
    assert named(HOUSE, "sauna") == []
    assert named(HOUSE, "?!") == []


async def test_why_by_id_by_name_and_for_the_newest(agent):
    agent.house = HOUSE
    agent.answers["why"] = WhyReport(entity_id="lock.front", text="Ann said so.")
    for typed, entity_id in (("/why lock.front", "lock.front"), ("/why the Front Door", "lock.front"), ("/why", "")):
        assert (await say(agent, typed)).text == "Ann said so."
        assert agent.asked[-1][1].entity_id == entity_id


async def test_of_a_sensor_and_a_device_of_one_name_the_device_is_meant(agent):
    contact = Entity(entity_id="binary_sensor.front", name="Front Door", area_id="h")
    agent.house = HOUSE.model_copy(update={"entities": (*HOUSE.entities, contact)})
    agent.answers["why"] = WhyReport(entity_id="lock.front", text="Ann said so.")
    await say(agent, "/why front door")
    assert agent.asked[-1][1].entity_id == "lock.front"


async def test_a_name_that_is_not_clear_is_asked_back(agent):
    agent.house = HOUSE
    several = await say(agent, "/why ceiling light")
    assert several.text == "Did you mean Ceiling Light (light.k) or Ceiling Light (light.h)?"
    unknown = await say(agent, "/why front window")
    assert unknown.status == "failed"
    assert "'front window'" in unknown.text
    assert "Front Door" in unknown.text
    agent.house = None
    assert "getting to know" in (await say(agent, "/why sauna")).text
    assert agent.asked == []


async def test_policies_are_shown(agent):
    agent.house = HOUSE
    policy = EntityPolicy(entity_id="lock.front", risk="C", quiet_hours="22:00-07:00", persons=("ann",), pin=True)
    agent.answers["list_policies"] = Policies(policies=(policy,))
    line = (
        "- lock.front: each change waits for a yes; rules and models leave it alone 22:00-07:00; only ann may change it; "
        "a yes needs a PIN"
    )
    assert line in (await say(agent, "/policy")).text
    assert line in (await say(agent, "/policy front door")).text
    assert "has no policy of its own" in (await say(agent, "/policy light.k")).text
    assert policies_text([]).startswith("No entity has a policy")
