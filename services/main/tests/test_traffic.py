"""What is said on the bus, in lines that people can read."""

from wactorz_common.contracts.topics import FieldSeen, TopicReport, TopicSeen, Wiring, WiringReport
from wactorz_main.traffic import Traffic, bus_text, mqtt_text, registry_text, topics_text
from wactorz_main.wording import Seen

from .turn_doubles import errand_of

LUX = FieldSeen(name="lux", types=("number",), unit="lx", example=7)
LAMP = TopicSeen(
    topic="custom/lamp", publishers=("lamp",), subscribers=("cam",), messages=3, per_minute=2.0, fields=(LUX,)
)  # fmt: skip


def report(*topics, total=0):
    return TopicReport(topics=topics, total=total or len(topics), messages_per_second=2.5)


def test_a_topic_has_a_line_for_each_of_at_most_eight_fields():
    fields = (LUX, FieldSeen(name="", types=("string",), example="a\n" * 100), *(
        FieldSeen(name=f"f{number}") for number in range(9)))  # fmt: skip
    lines = topics_text(report(LAMP.model_copy(update={"fields": fields}))).splitlines()
    assert lines[:3] == ["1 topics:", "- custom/lamp from lamp: 3 messages", "    lux (number) = 7 lx"]
    assert lines[3].startswith("    whole message (string) = a a a")
    assert len(lines[3]) < 100
    assert lines[4:] == [*(f"    f{number} (declared)" for number in range(6)), "    and 3 more"]


def test_how_many_are_left_out_is_said_and_silence_too():
    assert topics_text(report(LAMP, total=7)).startswith("1 of 7 topics:")
    assert topics_text(report(*[LAMP] * 30)).startswith("30 topics:")
    assert topics_text(report(), "lamp") == "No topic has to do with 'lamp'."
    assert topics_text(report()) == "No topic was heard of yet."


def test_who_speaks_to_whom_and_who_would_fit_together():
    fit = Wiring(producer="lamp", consumer="cam", topic="custom/lamp", score=0.8, note="fits: lux")
    silent = TopicSeen(topic="custom/x")
    text = bus_text((LAMP, silent, silent.model_copy(update={"publishers": ("a",)})), (fit,))
    assert text.splitlines() == [
        "- custom/lamp: lamp -> cam", "- custom/x: a -> nobody", "These would fit together:",
        "- lamp -> cam over custom/lamp (80%): fits: lux",
    ]  # fmt: skip
    assert "No agent has said" in bus_text((), ())


def test_the_liveliest_topic_comes_first():
    busy = LAMP.model_copy(update={"topic": "custom/busy", "per_minute": 90.0, "retained": True, "messages": 1_234})
    assert mqtt_text(report(LAMP, busy)).splitlines() == [
        "2 topics, 2.5 messages/s.", "- custom/busy: 90.0 a minute, 1,234 in all, retained",
        "- custom/lamp: 2.0 a minute, 3 in all",
    ]  # fmt: skip


def test_agents_are_found_by_name_node_or_ability():
    seen = {
        "cam": Seen("cam", "Sees.", ("look", "see"), "running", "attic", 100.0, "i1"),
        "lamp": Seen("lamp", "Shines.", (), "running", "", 100.0, ""),
    }
    assert registry_text(seen, "", 101.0).startswith("2 agents:")
    for word in ("ATTIC", "see", "i1"):
        assert registry_text(seen, word, 101.0).splitlines() == ["1 agents:", "- cam (i1; running; attic): look,see"]
    assert "no id yet" in registry_text(seen, "lamp", 101.0)
    assert registry_text(seen, "door", 101.0) == "No agent here has to do with 'door'."


async def test_what_is_typed_becomes_a_question_to_the_topics(agent):
    agent.answers = {"list_topics": report(LAMP), "propose_wiring": WiringReport(wirings=())}
    traffic = Traffic(errand_of(agent))
    assert "custom/lamp" in (await traffic.topics(("lux", "lamp"))).text
    assert "lamp -> cam" in (await traffic.bus(("@lamp",))).text
    assert "2.5 messages/s" in (await traffic.mqtt(())).text
    queries = [request for _, request in agent.asked]
    assert [(one.keyword, one.samples) for one in (queries[0], queries[1], queries[3])] == [
        ("lux lamp", True), ("lamp", False), ("", False),
    ]  # fmt: skip
    assert queries[2].agent == "lamp"
