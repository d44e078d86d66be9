"""What the topics service says to people; pure."""

from wactorz_common.contracts.topics import FieldSeen, TopicReport, TopicSeen
from wactorz_topics.german import phrase

_MOST_FIELDS = 8


def report_text(report: TopicReport, keyword: str) -> str:
    """Topics as lines."""
    if not report.topics:
        none = "Nothing about '{word}' was heard or declared on the bus yet."
        return phrase(none if keyword else "Nothing was heard or declared on the bus yet.", word=keyword)
    left = report.total - len(report.topics)
    more = f"\n{phrase('… and {count} more', count=left)}" if left > 0 else ""
    rate = f"{report.messages_per_second:g}"
    head = phrase("{count} topics, {rate} messages per second:", count=report.total, rate=rate)
    return "\n".join([head, *(f"- {line_of(topic)}" for topic in report.topics)]) + more


def line_of(topic: TopicSeen) -> str:
    """One topic: how lively, by whom, for whom, with which fields."""
    quiet = phrase("heard before" if topic.messages else "never heard")
    lively = f"{topic.per_minute:g}/min" if topic.per_minute else quiet
    by = phrase(", from {names}", names=", ".join(topic.publishers)) if topic.publishers else ""
    to = phrase(", heard by {names}", names=", ".join(topic.subscribers)) if topic.subscribers else ""
    names = [_field(field) for field in topic.fields if field.name and "." not in field.name]
    fields = f": {', '.join(names[:_MOST_FIELDS])}{' …' if len(names) > _MOST_FIELDS else ''}" if names else ""
    return f"{topic.topic} ({lively}{by}{to}){fields}"


def _field(field: FieldSeen) -> str:
    return f"{field.name} [{field.unit}]" if field.unit else field.name
