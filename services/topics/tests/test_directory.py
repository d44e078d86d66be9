from wactorz_common.contracts.lifecycle import AgentManifest
from wactorz_topics.directory import Directory


def manifest(name, actor_id="", **fields):
    return AgentManifest(name=name, actor_id=actor_id or f"{name}-1", description="", timestamp=1.0, **fields)


def test_who_speaks_and_who_listens():
    directory = Directory()
    directory.note(manifest("planner", publishes=("custom/triggers/{slug}",)))
    directory.note(manifest("counter", subscribes=("custom/#",)))
    directory.note(manifest("llm", publishes=("agents/{agent_id}/result",)))
    assert [one.name for one in directory.publishers("custom/triggers/hot")] == ["planner"]
    assert [one.name for one in directory.subscribers("custom/triggers/{slug}")] == ["counter"]
    assert [one.name for one in directory.publishers("agents/llm-1/result")] == ["llm"]
    assert directory.publishers("agents/other-1/result") == []
    assert directory.publishers("custom/triggers/hot", besides="planner") == []
    directory.forget("planner-1")
    assert directory.publishers("custom/triggers/hot") == []


def test_what_deleted_agents_left_is_no_speech():
    directory = Directory()
    directory.note(manifest("monitor", publishes=("agents/{deleted_id}/{leaf}", "system/health")))
    assert directory.named("monitor").publishes == ("system/health",)


def test_fields_come_from_samples_channels_and_schemas():
    directory = Directory()
    directory.note(manifest("planner", publishes=("custom/triggers/{slug}",)))
    assert directory.fields("custom/triggers/hot")["rule_id"].startswith("str - ")
    directory.note(manifest(
        "weather", publishes=("custom/weather",), produces_schema={"t": "float - in °C", "city": "str"},
        observed_samples={"custom/weather": {"fields": {"t": "float"}, "example": {"t": 1}}, "odd": 3},
    ))  # fmt: skip
    assert directory.fields("custom/weather") == {"t": "float", "city": "str"}


def test_a_newer_manifest_takes_the_place_of_the_former():
    directory = Directory()
    directory.note(manifest("a", publishes=("custom/a",)))
    directory.note(manifest("a", publishes=("custom/b",)))
    assert directory.named("a").publishes == ("custom/b",)
    assert directory.named("b") is None
