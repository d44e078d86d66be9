"""Who fits whom, and whether an agent that is to be spawned would get what it waits for; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wactorz_common.contracts.guests import BROAD
from wactorz_common.contracts.topics import (
    FieldSeen,
    TopicSeen,
    Wiring,
    WiringCheck,
    WiringProblem,
    WiringQuery,
    WiringReport,
    WiringVerdict,
)
from wactorz_topics import matching, units
from wactorz_topics.directory import Declared, Directory
from wactorz_topics.folding import meet
from wactorz_topics.german import phrase
from wactorz_topics.looking import View
from wactorz_topics.matching import Match, Need
from wactorz_topics.shapes import described

_MOST, _MOST_TOPICS = 50, 300
_WILD = frozenset("+#{")


@dataclass(frozen=True, slots=True)
class _Consumer:
    name: str
    needs: tuple[Need, ...]
    subscribes: tuple[str, ...]


def propose(query: WiringQuery, directory: Directory, view: View, now: float) -> WiringReport:
    """Producers and consumers whose fields fit and that do not hear each other yet, best first."""
    consumers = list(_consumers(query, directory))[:_MOST]
    found = [wiring for name in view.liveliest(_MOST_TOPICS, now) for wiring in _over(name, query, consumers, view)]
    found.sort(key=lambda wiring: (-wiring.score, wiring.topic, wiring.consumer))
    return WiringReport(wirings=tuple(found[:_MOST]))


def _consumers(query: WiringQuery, directory: Directory) -> Iterator[_Consumer]:
    if query.consumes:
        yield _Consumer(query.agent or "new agent", _needs(described(query.consumes)), ())
        return
    for one in directory.agents.values():
        if one.consumes:
            yield _Consumer(one.name, _needs(one.consumes), one.subscribes)


def _needs(schema: Mapping[str, str]) -> tuple[Need, ...]:
    return tuple(Need(name, text) for name, text in schema.items())


def _over(topic: str, query: WiringQuery, consumers: list[_Consumer], view: View) -> Iterator[Wiring]:
    fields = view.fields(topic)
    producers = [one.name for one in view.directory.publishers(topic)] or [""]
    for consumer in consumers:
        if any(meet(address, topic) for address in consumer.subscribes):
            continue
        matches = {need.name: matching.best(need, fields) for need in consumer.needs}
        for producer in producers:
            is_meant = query.consumes or not query.agent or query.agent in (producer, consumer.name)
            wiring = _wiring(producer, consumer, topic, matches) if is_meant and producer != consumer.name else None
            if wiring is not None:
                yield wiring


def _wiring(producer: str, consumer: _Consumer, topic: str, matches: dict[str, Match | None]) -> Wiring | None:
    """A proposal, when at least half of what the consumer needs is there."""
    served = {need: match for need, match in matches.items() if match is not None}
    score = sum(match.score for match in served.values()) / len(matches) if matches else 0.0
    if score < 0.5:  # noqa: PLR2004  # half
        return None
    missing = [need for need, match in matches.items() if match is None]
    notes = [match.note for match in served.values() if match.note]
    gone = "{names} is not there" if len(missing) == 1 else "{names} are not there"
    notes += [phrase(gone, names=", ".join(missing))] if missing else []
    fits = ", ".join(
        phrase("{field} as {need}", field=match.field, need=need) if match.field != need else need
        for need, match in served.items()
    )
    return Wiring(
        producer=producer, consumer=consumer.name, topic=topic, score=round(score, 3),
        fields={need: match.field for need, match in served.items()},
        note="; ".join([phrase("fits: {fields}", fields=fits), *notes]),
    )  # fmt: skip


def check(wish: WiringCheck, view: View, now: float) -> WiringVerdict:
    """Whether an agent would get what it waits for, and what there really is on its topics."""
    problems: list[WiringProblem] = []
    topics: dict[str, TopicSeen] = {}
    for wanted in dict.fromkeys(wish.subscribes):
        names = view.matching(wanted)
        if not names and not any(meet(wanted, own) for own in wish.publishes) and not _is_broad(wanted):
            problems.append(_nobody(wanted, wish.name, view))
        topics |= {name: view.seen(name, now) for name in names[:_MOST] if not _is_broad(wanted)}
    problems += _problems_of_fields(wish, list(topics.values()))
    problems += _problems_of_speaking(wish, view)
    problems.sort(key=lambda problem: problem.severity != "error")
    return WiringVerdict(problems=tuple(problems), topics=tuple(topics.values()))


def _is_broad(topic: str) -> bool:
    return topic in BROAD


def _nobody(wanted: str, name: str, view: View) -> WiringProblem:
    known = [FieldSeen(name=one.replace(".", "_").replace("/", ".")) for one in view.names()]
    by_key = {one.replace(".", "_").replace("/", "."): one for one in view.names()}
    near = [by_key[one] for one in matching.nearest(wanted.replace(".", "_").replace("/", "."), known)]
    deaf = [one.name for one in view.directory.subscribers(wanted) if one.name != name]
    hint = phrase(" Do you mean {names}?", names=phrase(" or ").join(near)) if near else ""
    also = phrase(" {names} waits for it, too.", names=", ".join(deaf)) if deaf else ""
    text = phrase("Nobody publishes on {topic}, and nothing was ever heard there.", topic=wanted)
    return WiringProblem(severity="error", topic=wanted, text=f"{text}{hint}{also}")


def _problems_of_fields(wish: WiringCheck, topics: list[TopicSeen]) -> Iterator[WiringProblem]:
    known = [topic for topic in topics if any(one.name for one in topic.fields)]
    if not known:
        return
    fields = [one for topic in known for one in topic.fields]
    names = phrase(" or ").join(topic.topic for topic in known[:3])
    for need in _needs(described(wish.consumes_schema)):
        exact = [one for one in fields if one.name == need.name]
        if not exact:
            yield _missing(need, fields, names)
            continue
        if not any(matching.types_fit(need.types, one.types) for one in exact):
            text = phrase(
                "{field} on {topics} is {kind}, not {wanted}", field=need.name, topics=names,
                kind=matching.kinds(exact[0].types), wanted=matching.kinds(need.types),
            )  # fmt: skip
            yield WiringProblem(severity="error", topic=names, field=need.name, text=text)
        elif not any(units.fit(one.unit, need.unit) for one in exact):
            can_convert = any(units.fit(one.unit, need.unit) is False for one in exact)
            text = phrase(
                "{field} on {topics} is in {unit}, not in {wanted}: convert it"
                if can_convert else "{field} on {topics} is in {unit}, not in {wanted}",
                field=need.name, topics=names, unit=exact[0].unit, wanted=need.unit,
            )  # fmt: skip
            yield WiringProblem(
                severity="warning" if can_convert else "error", topic=names, field=need.name, text=text
            )  # fmt: skip
        elif all(0 < one.share < 0.5 for one in exact):  # noqa: PLR2004  # less than half
            share = f"{exact[0].share:.0%}"
            text = phrase("{field} is in {share} of the messages on {topics} only", field=need.name, share=share,
                          topics=names)  # fmt: skip
            yield WiringProblem(severity="warning", topic=names, field=need.name, text=text)


def _missing(need: Need, fields: list[FieldSeen], names: str) -> WiringProblem:
    served = matching.best(need, fields)
    near = [served.field] if served else matching.nearest(need.name, fields)
    there = ", ".join(dict.fromkeys(one.name for one in fields if one.name and "." not in one.name))
    hint = phrase("there are {fields}", fields=there[:300])
    hint = phrase("use {fields}", fields=phrase(" or ").join(dict.fromkeys(near))) if near else hint
    convert = f" ({served.note})" if served and served.note else ""
    text = phrase("There is no field {field} on {topics}: {hint}", field=need.name, topics=names, hint=hint) + convert
    return WiringProblem(severity="error", topic=names, field=need.name, text=text)


def _problems_of_speaking(wish: WiringCheck, view: View) -> Iterator[WiringProblem]:
    """Another agent speaks on the same topic, in other words."""
    ours = described(wish.produces_schema)
    for topic in wish.publishes:
        others: list[Declared] = view.directory.publishers(topic, besides=wish.name)
        if not others or _WILD & set(topic) or not ours:
            continue
        theirs = {one.name for one in view.fields(topic) if one.name and "." not in one.name}
        if theirs and not theirs & set(ours):
            text = phrase(
                "{name} publishes on {topic} already, with other fields ({fields}): take another topic, or the same "
                "fields",
                name=others[0].name, topic=topic, fields=", ".join(sorted(theirs)[:8]),
            )  # fmt: skip
            yield WiringProblem(severity="warning", topic=topic, text=text)
