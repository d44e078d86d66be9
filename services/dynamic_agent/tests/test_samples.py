"""What was published is shown in the manifest."""

from wactorz_dynamic_agent.samples import MOST_TOPICS, Samples


def test_fields_and_an_example() -> None:
    samples = Samples()
    assert samples.take("custom/x", {"a": 1, "b": "text", "_hidden": True})
    assert not samples.take("custom/x", {"a": 2})
    assert samples.take("custom/x", {"c": [1]})
    assert samples.to_wire() == {"custom/x": {"fields": {"a": "int", "b": "str", "c": "list"}, "example": {"c": [1]}}}
    assert samples.topics == ("custom/x",)


def test_scalars_and_long_values() -> None:
    samples = Samples()
    samples.take("custom/n", 21.5)
    samples.take("custom/long", {"text": "x" * 5_000, "list": list(range(1_000))})
    wire = samples.to_wire()
    assert wire["custom/n"] == {"fields": {"value": "float"}, "example": {"value": 21.5}}
    assert len(wire["custom/long"]["example"]["text"]) == 200
    assert wire["custom/long"]["example"]["list"] == "list of 1000"


def test_topics_without_end_are_not_kept() -> None:
    samples = Samples()
    for number in range(MOST_TOPICS + 10):
        samples.take(f"custom/{number}", {"x": 1})
    assert len(samples.topics) == MOST_TOPICS
