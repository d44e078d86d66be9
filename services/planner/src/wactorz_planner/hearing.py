"""Rules that wait for messages: MQTT topics and what cameras see, each topic with an edge of its own."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from wactorz_common.contracts.rules import DetectionTrigger, MqttTrigger, RuleDraft
from wactorz_planner import engine, messages, windows
from wactorz_planner.deciding import Deciding
from wactorz_planner.engine import Decision, Moment, RuleState
from wactorz_planner.rulebook import KeptRule, Spot
from wactorz_planner.windows import Stream

MOST_TOPICS = 5_000
"""Topics whose last message is known; of those that no condition names the oldest make room."""

_ORDERED = frozenset({"gt", "lt", "gte", "lte"})


@dataclass(slots=True)
class Heard:
    """What one rule has heard since the start, for people who ask why it does not fire."""

    messages: int = 0
    unreadable: int = 0
    without_field: int = 0
    last_at: float | None = None
    last_topic: str = ""
    last_value: str = ""


class Hearing:
    """The live side of rules that listen to topics."""

    def __init__(self, core: Deciding) -> None:
        self.counters: Counter[str] = Counter()
        self.heard: dict[str, Heard] = {}
        """By rule."""
        self.on_filters: Callable[[tuple[str, ...]], None] = lambda _filters: None
        """Called with the filters that are to be listened to, whenever they may have changed."""
        self._core = core
        self._by_filter: dict[str, list[KeptRule]] = {}
        self._named: frozenset[str] = frozenset()
        self._topics: dict[str, None] = {}
        self._streams: dict[tuple[str, str], Stream] = {}

    def reindex(self, active: Iterable[KeptRule]) -> None:
        """Look again what active rules listen to."""
        named: set[str] = set()
        self._by_filter = {}
        for kept in active:
            named.update(condition.topic for condition in kept.rule.draft.conditions if condition.topic)
            filter_ = messages.filter_of(kept.rule.draft)
            if filter_:
                self._by_filter.setdefault(filter_, []).append(kept)
                self._put_all(kept, filter_)
        self._named = frozenset(named)
        rules = {kept.rule.rule_id for rules in self._by_filter.values() for kept in rules}
        self._streams = {key: stream for key, stream in self._streams.items() if key[0] in rules}
        self.heard = {rule_id: heard for rule_id, heard in self.heard.items() if rule_id in rules}
        self.on_filters(tuple(dict.fromkeys((*self._by_filter, *sorted(named)))))

    def begin(self, kept: KeptRule, *, made: bool) -> None:
        """Prepare a rule that becomes active: nothing is known of its topics yet."""
        kept.spots.clear()
        for key in [key for key in self._streams if key[0] == kept.rule.rule_id]:
            del self._streams[key]
        if made and kept.rule.draft.fires_if_already_true:
            topic = messages.filter_of(kept.rule.draft)
            kept.spots[topic] = Spot(held=False)

    def take(self, filter_: str, topic: str, data: bytes, *, retained: bool) -> None:
        """Take in a message; a retained one tells how things are, not that something happened."""
        rules = self._by_filter.get(filter_, ())
        if not data:
            self._core.readings.pop(topic, None)
            return
        try:
            value = messages.read(data)
        except ValueError:
            self.counters["unreadable"] += 1
            for kept in rules:
                self._heard(kept).unreadable += 1
            return
        self._remember(topic, value)
        for kept in rules:
            self._hear(kept, topic, value, resync=retained)

    def look(self, kept: KeptRule, topic: str) -> None:
        """Look again at what is due: a duration is over, or a window has moved on."""
        trigger, stream = kept.rule.draft.trigger, self._streams.get((kept.rule.rule_id, topic))
        if isinstance(trigger, MqttTrigger) and stream is not None:
            self._meet(kept, topic, windows.holds(trigger, stream, self._core.now()), resync=False)
        elif topic in self._core.readings:
            self._core.decide(kept, partial(engine.due, kept.rule.draft), topic=topic)
        self._put(kept, topic)

    # -- inside -------------------------------------------------------------------------------------------------

    def _hear(self, kept: KeptRule, topic: str, value: Any, *, resync: bool) -> None:
        trigger, heard = kept.rule.draft.trigger, self._heard(kept)
        heard.messages += 1
        heard.last_at, heard.last_topic = self._core.now(), topic
        if isinstance(trigger, DetectionTrigger):
            seen = messages.detected(trigger, value)
            heard.without_field += seen is None
            heard.last_value = "" if seen is None else "seen" if seen != trigger.gone else "not seen"
            if seen is not None:
                self._meet(kept, topic, seen, resync=resync)
        elif isinstance(trigger, MqttTrigger):
            found = messages.field_of(trigger.field, value)
            if found is messages.MISSING:
                heard.without_field += 1
                return
            heard.last_value = messages.plain(found)[:100]
            self._compare(kept, trigger, topic, found, resync=resync)
        self._put(kept, topic)

    def _compare(self, kept: KeptRule, trigger: MqttTrigger, topic: str, value: Any, *, resync: bool) -> None:
        if trigger.window is not None:
            stream = self._stream(kept, topic)
            if not resync:
                stream.add(self._core.now(), value)
            self._meet(kept, topic, windows.holds(trigger, stream, self._core.now()), resync=resync)
        elif trigger.operator != "any":
            self._meet(kept, topic, messages.meets(trigger, value), resync=resync)
        elif not resync:
            self._core.decide(kept, partial(_strike, kept.rule.draft), topic=topic)

    def _meet(self, kept: KeptRule, topic: str, holds: bool | None, *, resync: bool) -> None:
        draft = kept.rule.draft
        fresh = not resync and _is_event(draft)
        self._core.decide(kept, partial(_meet, draft, holds, fresh), topic=topic, resync=resync)

    def _remember(self, topic: str, value: Any) -> None:
        self._core.readings[topic] = messages.reading_of(value, self._core.now())
        if topic in self._named:
            return
        self._topics.pop(topic, None)
        self._topics[topic] = None
        if len(self._topics) > MOST_TOPICS:
            oldest = next(iter(self._topics))
            del self._topics[oldest]
            if oldest not in self._named:
                self._core.readings.pop(oldest, None)

    def _stream(self, kept: KeptRule, topic: str) -> Stream:
        key = (kept.rule.rule_id, topic)
        if key not in self._streams:
            self._streams[key] = Stream(self._core.now())
        return self._streams[key]

    def _heard(self, kept: KeptRule) -> Heard:
        return self.heard.setdefault(kept.rule.rule_id, Heard())

    def _put_all(self, kept: KeptRule, filter_: str) -> None:
        """Put the agenda of a rule anew; silence on a topic without a + or # counts from now on, if nothing came."""
        trigger = kept.rule.draft.trigger
        silent = isinstance(trigger, MqttTrigger) and trigger.window and trigger.window.function == "absent_for"
        if silent and "+" not in filter_ and "#" not in filter_:
            self._stream(kept, filter_)
            if kept.state_at(filter_).held is None:
                kept.spots[filter_] = Spot(held=False)
        for topic in list(kept.spots):
            self._put(kept, topic)

    def _put(self, kept: KeptRule, topic: str) -> None:
        trigger, stream = kept.rule.draft.trigger, self._streams.get((kept.rule.rule_id, topic))
        due = [engine.pending_until(kept.rule.draft, kept.state_at(topic))]
        if isinstance(trigger, MqttTrigger) and trigger.window is not None and stream is not None:
            due.append(windows.next_look(trigger.window, stream, self._core.now()))
        self._core.put(kept, topic, min((at for at in due if at is not None), default=None))


def _is_event(draft: RuleDraft) -> bool:
    """Whether the first message ever counts as a crossing: a press or a sighting does, a level or an absence not."""
    trigger = draft.trigger
    if isinstance(trigger, DetectionTrigger):
        return not trigger.gone
    if not isinstance(trigger, MqttTrigger):
        return False
    if trigger.window is not None:
        return trigger.window.function in ("count", "event_count", "absent_for")
    return trigger.operator not in _ORDERED


def _meet(draft: RuleDraft, holds: bool | None, fresh: bool, state: RuleState, moment: Moment) -> Decision:
    if state.held is None and fresh and holds is not None:
        state = replace(state, held=False)
    return engine.meet(draft, state, holds, moment)


def _strike(draft: RuleDraft, state: RuleState, moment: Moment) -> Decision:
    return engine.strike(draft, state, moment)
