from wactorz_common.contracts.topics import FieldSeen, TopicReport, TopicSeen
from wactorz_topics.wording import report_text


def test_words():
    assert (
        report_text(TopicReport(topics=(), total=0), "door")
        == "Nothing about 'door' was heard or declared on the bus yet."
    )
    lively = TopicSeen(
        topic="custom/weather", publishers=("weather",), subscribers=("heater",), messages=3, per_minute=2,
        fields=(FieldSeen(name="t", unit="°C"), FieldSeen(name="inner"), FieldSeen(name="inner.x")),
    )  # fmt: skip
    report = TopicReport(topics=(lively, TopicSeen(topic="custom/new")), total=5, messages_per_second=1.5)
    assert report_text(report, "") == (
        "5 topics, 1.5 messages per second:\n"
        "- custom/weather (2/min, from weather, heard by heater): t [°C], inner\n"
        "- custom/new (never heard)\n… and 3 more"
    )
