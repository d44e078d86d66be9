"""What is said on the bus: topics with their fields, who speaks and listens, and who would fit together."""

import time
from collections.abc import Iterable, Mapping

from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.topics import (
    LIST_TOPICS,
    PROPOSE_WIRING,
    FieldSeen,
    TopicQuery,
    TopicReport,
    TopicSeen,
    Wiring,
    WiringQuery,
)
from wactorz_common.language import grouped
from wactorz_main.errand import Errand
from wactorz_main.german import phrase
from wactorz_main.wording import Seen

_MOST, _MOST_LIVELY, _MOST_FIELDS = 30, 15, 8
_LONGEST = 60


class Traffic:
    """What one message wants to know of the bus."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand

    async def topics(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/topics [WORD]`."""
        query = TopicQuery(keyword=" ".join(arguments)[:200], limit=_MOST)
        return ChatAnswer(text=topics_text(await self._errand.ask(LIST_TOPICS, query), query.keyword))

    async def bus(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/bus [AGENT]`."""
        agent = " ".join(arguments).removeprefix("@")[:64]
        report = await self._errand.ask(LIST_TOPICS, TopicQuery(keyword=agent, limit=1_000, samples=False))
        found = await self._errand.ask(PROPOSE_WIRING, WiringQuery(agent=agent))
        return ChatAnswer(text=bus_text(report.topics, found.wirings))

    async def mqtt(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/mqtt [WORD]`."""
        query = TopicQuery(keyword=" ".join(arguments)[:200], limit=_MOST_LIVELY, samples=False)
        return ChatAnswer(text=mqtt_text(await self._errand.ask(LIST_TOPICS, query)))

    async def registry(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/registry [WORD]`."""
        return ChatAnswer(text=registry_text(self._errand.agent.seen, " ".join(arguments), time.time()))


def topics_text(report: TopicReport, keyword: str = "") -> str:
    """Topics with fields, types, units and examples."""
    if not report.topics:
        none = "No topic has to do with '{word}'." if keyword else "No topic was heard of yet."
        return phrase(none, word=keyword)
    told = report.topics[:_MOST]
    lines = [line for one in told for line in _topic(one)]
    shown = phrase(
        "{shown} of {total} topics:" if report.total > len(told) else "{total} topics:",
        shown=len(told), total=report.total,
    )  # fmt: skip
    return "\n".join([shown, *lines])


def bus_text(topics: Iterable[TopicSeen], wirings: Iterable[Wiring]) -> str:
    """Who speaks and listens where, and who would fit together."""
    lines = [
        f"- {one.topic}: {', '.join(one.publishers) or phrase('nobody known')} -> "
        f"{', '.join(one.subscribers) or phrase('nobody')}"
        for one in topics if one.publishers or one.subscribers
    ][:_MOST]  # fmt: skip
    fits = [
        f"- {one.producer} -> {one.consumer} over {one.topic} ({one.score:.0%}){f': {one.note}' if one.note else ''}"
        for one in wirings
    ][:_MOST_FIELDS]
    return "\n".join([*(lines or [phrase("No agent has said what it publishes or listens to.")]),
                      *([phrase("These would fit together:"), *fits] if fits else [])])  # fmt: skip


def mqtt_text(report: TopicReport) -> str:
    """How much is said, and where most."""
    lively = sorted(report.topics, key=lambda one: -one.per_minute)
    lines = [
        phrase(
            "- {topic}: {rate} a minute, {count} in all, retained"
            if one.retained else "- {topic}: {rate} a minute, {count} in all",
            topic=one.topic, rate=f"{one.per_minute:.1f}", count=grouped(one.messages),
        )
        for one in lively[:_MOST_LIVELY]
    ]  # fmt: skip
    rate = f"{report.messages_per_second:.1f}"
    return "\n".join([phrase("{total} topics, {rate} messages/s.", total=report.total, rate=rate), *lines])


def registry_text(seen: Mapping[str, Seen], keyword: str, now: float) -> str:
    """One line per agent with id, state, node and abilities."""
    wanted = keyword.casefold()
    lines = [
        f"- {one.name} ({one.agent_id or phrase('no id yet')}; {phrase(one.shown(now))}; {one.node or 'local'}"
        f"{phrase('; protected') if one.protected else ''})"
        f"{f': {chr(44).join(one.capabilities)}' if one.capabilities else ''}"
        for one in sorted(seen.values(), key=lambda one: one.name)
        if wanted in f"{one.name} {one.agent_id} {one.node} {' '.join(one.capabilities)}".casefold()
    ]
    if not lines:
        return phrase("No agent here has to do with '{word}'.", word=keyword)
    return "\n".join([phrase("{count} agents:", count=len(lines)), *lines])


def _topic(topic: TopicSeen) -> list[str]:
    who = phrase(" from {names}", names=", ".join(topic.publishers)) if topic.publishers else ""
    fields = [f"    {_field(one)}" for one in topic.fields[:_MOST_FIELDS]]
    more = len(topic.fields) - _MOST_FIELDS
    fields += [phrase("    and {count} more", count=more)] if more > 0 else []
    count = grouped(topic.messages)
    return [phrase("- {topic}{who}: {count} messages", topic=topic.topic, who=who, count=count), *fields]


def _field(one: FieldSeen) -> str:
    example = "" if one.example is None else f" = {' '.join(str(one.example).split())[:_LONGEST]}"
    unit = f" {one.unit}" if one.unit else ""
    return f"{one.name or phrase('whole message')} ({'/'.join(one.types) or phrase('declared')}){example}{unit}"
