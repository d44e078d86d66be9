import pytest

from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.contracts.topics import WiringProblem, WiringVerdict
from wactorz_monitor.wiring import warning_of, wish_of

CODE = """
async def setup(agent):
    async def on_weather(data):
        warm = data["temperature"] > 20 and data.get("city") == "Athens"
        state = data["new_state"]["state"]
        more = data.get("inner", {}).get("unit")
        either = data.get("temp") or data.get("tmp")
        other = data.get("a", data.get("b"))
        await agent.publish("custom/warm", {"warm": warm})
    agent.subscribe("custom/weather", on_weather)
    agent.window("sensors/kitchen", 60)
    agent.declare_contract(publishes="custom/alarm", schema={"level": "int"}, subscribes=["custom/mode"])

async def process(agent):
    await agent.mqtt_get("home/mode")
    agent.subscribe(topic_of(agent), handle)
"""


def spec(**fields):
    return SpawnSpec.accept({"name": "watcher", "type": "dynamic", **fields})


def test_topics_and_fields_are_read_from_code():
    wish = wish_of(spec(code=CODE, subscribes=["custom/told"], consumes_schema={"told": "bool"}))
    assert wish.subscribes == ("custom/told", "custom/weather", "sensors/kitchen", "custom/mode", "home/mode")
    assert set(wish.publishes) == {"custom/warm", "custom/alarm"}
    assert wish.consumes_schema == {
        "temperature": "", "city": "", "new_state.state": "", "inner.unit": "", "told": "bool",
    }  # fmt: skip
    assert wish.produces_schema == {"level": "int"}


@pytest.mark.parametrize("code", ["async def process(agent):\n    pass\n", "def (", "x = '" + "a" * 10])
def test_there_is_nothing_to_check(code):
    assert wish_of(spec(code=code)) is None


def test_an_agent_without_code_is_checked_by_what_it_says():
    wish = wish_of(SpawnSpec.accept({"name": "p", "system_prompt": "You are kind", "subscribes": "custom/a"}))
    assert (wish.subscribes, wish.consumes_schema) == (("custom/a",), {})


def test_words():
    assert warning_of(WiringVerdict(problems=())) == ""
    problem = WiringProblem(severity="error", topic="custom/a", text="Nobody publishes on custom/a")
    assert warning_of(WiringVerdict(problems=(problem,))) == " Check its topics: Nobody publishes on custom/a."
