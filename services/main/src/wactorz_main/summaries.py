"""Rolling summaries: what is old in a conversation, told in a few words, beside the answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from wactorz_common import logs
from wactorz_common.contracts.llm import Completion, CompletionResult, ModelMessage
from wactorz_common.errors import WactorzError
from wactorz_main.conversation import RECORD_RULE, transcript
from wactorz_main.history import Exchange, History, Summary

THRESHOLD = 30
"""Messages, two per exchange, from which on the oldest half is summed up."""

MOST_SENT = 6
"""Summaries of one conversation that are sent; when there are more, older ones are condensed into one."""

_CONDENSED = 4
_TOKENS = 400
_LONGEST_INPUT = 24_000
_MOST_AT_ONCE = 24
_MOST_IN_A_ROW = 4
_REST_SECONDS, _AWAY_SECONDS = 60.0, 600.0
_MOST_RESTING = 500
_SYSTEM = (
    "Sum up a part of a conversation between a person and the assistant of a home, for the assistant to remember. "
    "Keep every fact that could be asked for later: names, numbers, dates, places, wishes, decisions, what was made or "
    "changed, what is open. Leave out greetings and repetition. At most 250 words, in the language of the person. "
    + RECORD_RULE
)
_CONDENSE = (
    "Make one summary of these summaries of a conversation. Keep every name, number, date, wish and decision. "
    "At most 250 words, in their language. " + RECORD_RULE
)
_log = logs.get(__name__)

Ask = Callable[[Completion], Awaitable[CompletionResult]]


class Summaries:
    """Sums up conversations one after the other; after a failure a conversation rests, and is tried again later.

    `now` is a monotonic clock for the rests; `clock` is epoch seconds.
    """

    def __init__(
        self, history: History, ask: Ask, *, threshold: int = THRESHOLD, now: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._history, self._ask, self._now, self._clock = history, ask, now, clock
        self._most = max(2, threshold // 2)
        self._rests: dict[str, float] = {}
        self._one_by_one = asyncio.Lock()

    async def after_exchange(self, place: str, conversation_id: str) -> None:
        """Sum up what is due in a conversation; `place` is where it is kept, `conversation_id` who pays."""
        if self._rests.get(place, 0.0) > self._now():
            return
        async with self._one_by_one:
            for _ in range(_MOST_IN_A_ROW):
                if not await self._step(place, conversation_id):
                    return

    async def _step(self, place: str, conversation_id: str) -> bool:
        """One summary, if one is due; whether another one may be."""
        untold = await self._history.untold(place)
        if len(untold) >= self._most:
            part = untold[: min(len(untold) // 2, _MOST_AT_ONCE)]
            return await self._sum_up(place, conversation_id, part)
        chain = await self._history.chain(place)
        if len(chain) > MOST_SENT:
            return await self._condense(place, conversation_id, chain[:_CONDENSED])
        return False

    async def _sum_up(self, place: str, conversation_id: str, part: tuple[Exchange, ...]) -> bool:
        question = _question(_SYSTEM, transcript(part, _LONGEST_INPUT), conversation_id)
        text = await self._told(place, question)
        if text:
            await self._history.add_summary(place, part[0].number, part[-1].number, text, self._clock())
        return bool(text)

    async def _condense(self, place: str, conversation_id: str, part: tuple[Summary, ...]) -> bool:
        told = "\n".join(["<record>", *(one.text.replace("<", " ") for one in part), "</record>"])
        text = await self._told(place, _question(_CONDENSE, told, conversation_id))
        if text:
            numbers = tuple(one.number for one in part)
            await self._history.add_summary(
                place, part[0].first, part[-1].last, text, self._clock(), condenses=numbers
            )  # fmt: skip
        return bool(text)

    async def _told(self, place: str, question: Completion) -> str:
        """What the model says; empty, with a rest for this conversation, when it cannot be asked."""
        try:
            result = await self._ask(question)
        except WactorzError as error:
            _log.info("a conversation was not summed up", reason=str(error))
            self._rest(place, _REST_SECONDS)
            return ""
        text = result.text.strip() if result.available else ""
        if not text:
            self._rest(place, _REST_SECONDS if result.available else _AWAY_SECONDS)
        return text

    def _rest(self, place: str, seconds: float) -> None:
        self._rests.pop(place, None)
        self._rests[place] = self._now() + seconds
        while len(self._rests) > _MOST_RESTING:
            del self._rests[next(iter(self._rests))]


def _question(system: str, told: str, conversation_id: str) -> Completion:
    return Completion(
        messages=(ModelMessage(role="user", content=told),), system=system, max_tokens=_TOKENS, tier="fast",
        agent="main", conversation_id=conversation_id, purpose="summary",
    )  # fmt: skip
