import pytest

from wactorz_common.contracts.llm import CompletionResult
from wactorz_common.contracts.topics import FieldSeen, TopicReport, TopicSeen
from wactorz_common.errors import AskTimeout
from wactorz_main.topic_fields import block, keyword_of, named

from .turn_doubles import say


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("count what comes on custom/doorbell.", ("custom/doorbell",)),
        ("listen to sensors/+/climate and custom/a, then custom/a", ("sensors/+/climate", "custom/a")),
        ("on homeassistant/state_changes/light/#, please", ("homeassistant/state_changes/light/#",)),
        ("my home is warm and/or cold", ()),
    ],
)
def test_topics_that_are_named(text, topics):
    assert named(text) == topics


def test_what_is_looked_for():
    assert keyword_of("sensors/+/climate") == "sensors"
    assert keyword_of("custom/triggers/{slug}") == "custom/triggers"
    assert keyword_of("custom/a") == "custom/a"


def test_fields_are_told_as_data():
    fields = (
        FieldSeen(name="temperature_c", types=("number",), unit="°C"), FieldSeen(name="<b>", types=()),
        FieldSeen(name="a.b.c.d.e"), FieldSeen(name=""),
    )  # fmt: skip
    told = block((TopicSeen(topic="custom/weather", fields=fields), TopicSeen(topic="custom/empty")))
    assert told == (
        "Topics with the fields that their messages really have:\n<house_data>\n"
        "custom/weather: temperature_c (number in °C),  b \n</house_data>"
    )
    assert block((TopicSeen(topic="custom/empty"),)) == ""


@pytest.mark.parametrize("is_there", [True, False])
async def test_the_model_sees_the_real_fields_when_somebody_knows_them(agent, is_there):
    agent.answers["complete"] = CompletionResult(provider="p", model="m", text="Noted.", cost_usd=0.0)
    seen = TopicSeen(topic="custom/doorbell", fields=(FieldSeen(name="rings", types=("number",)),))
    agent.answers["list_topics"] = TopicReport(topics=(seen,), total=1) if is_there else AskTimeout("away")
    answer = await say(agent, "write an agent that counts what comes on custom/doorbell")
    assert answer.text.startswith("Noted.")
    (question,) = [request for action, request in agent.asked if action == "complete"]
    assert ("custom/doorbell: rings (number)" in question.messages[-1].content) is is_there
