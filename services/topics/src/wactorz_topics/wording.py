"""What the topics service says to people; pure."""

from wactorz_common.contracts.topics import FieldSeen, TopicReport, TopicSeen

_MOST_FIELDS = 8


def report_text(report: TopicReport, keyword: str) -> str:
    """Topics as lines."""
    if not report.topics:
        about = f" about '{keyword}'" if keyword else ""
        return f"Nothing{about} was heard or declared on the bus yet."
    more = f"\n… and {report.total - len(report.topics)} more" if report.total > len(report.topics) else ""
    head = f"{report.total} topics, {report.messages_per_second:g} messages per second:"
    return "\n".join([head, *(f"- {line_of(topic)}" for topic in report.topics)]) + more


def line_of(topic: TopicSeen) -> str:
    """One topic: how lively, by whom, for whom, with which fields."""
    lively = f"{topic.per_minute:g}/min" if topic.per_minute else ("heard before" if topic.messages else "never heard")
    by = f", from {', '.join(topic.publishers)}" if topic.publishers else ""
    to = f", heard by {', '.join(topic.subscribers)}" if topic.subscribers else ""
    names = [_field(field) for field in topic.fields if field.name and "." not in field.name]
    fields = f": {', '.join(names[:_MOST_FIELDS])}{' …' if len(names) > _MOST_FIELDS else ''}" if names else ""
    return f"{topic.topic} ({lively}{by}{to}){fields}"


def _field(field: FieldSeen) -> str:
    return f"{field.name} [{field.unit}]" if field.unit else field.name
