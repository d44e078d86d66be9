import asyncio

import pytest

from wactorz_common.errors import Refused
from wactorz_llm.budget import Budget
from wactorz_llm.ledger import RESERVATION_SECONDS, Reservation, Settlement, Totals
from wactorz_llm.prices import NANO
from wactorz_llm.provider import TokenUsage

T0 = 1_780_000_000.0
DAY = 86_400


def make_reservation(held=NANO, sent=NANO // 10, agent="main"):
    return Reservation(agent, "chat", "anthropic", "claude-sonnet-4-6", held, sent)


def make_settlement(cost=NANO // 2, **fields):
    values = {"outcome": "done", "usage": TokenUsage(10, 5, 3, 1), "cost": cost, "priced": True, "attempts": 1}
    return Settlement(**{**values, **fields})


class Clock:
    def __init__(self):
        self.now = T0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


async def test_call_is_reserved_and_settled(make_ledger, clock):
    ledger = await make_ledger(Budget(5 * NANO), now=clock)
    row = await ledger.reserve(make_reservation())
    assert await ledger.spent() == (0, NANO)
    await ledger.settle(row, make_settlement())
    assert await ledger.spent() == (NANO // 2, 0)
    assert await ledger.totals() == Totals(1, 10, 5, NANO // 2)


async def test_every_call_is_a_row_with_all_that_is_known(make_ledger, store, clock):
    ledger = await make_ledger(now=clock)
    row = await ledger.reserve(make_reservation())
    await ledger.settle(row, make_settlement(attempts=3))

    def read(connection):
        cursor = connection.execute("SELECT * FROM llm_calls")
        return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))

    assert await store.read(read) == {
        "id": 1, "at": T0, "agent": "main", "purpose": "chat", "provider": "anthropic", "model": "claude-sonnet-4-6",
        "input_tokens": 10, "output_tokens": 5, "cache_read_tokens": 3, "cache_write_tokens": 1,
        "cost_nano_usd": NANO // 2, "priced": 1, "attempts": 3, "held_nano_usd": 0, "sent_nano_usd": NANO // 10,
        "outcome": "done",
    }  # fmt: skip


async def test_over_budget_is_refused_and_leaves_no_row(make_ledger, clock):
    ledger = await make_ledger(Budget(NANO), now=clock)
    await ledger.reserve(make_reservation(held=NANO * 3 // 4))
    with pytest.raises(Refused, match=r"monthly budget of \$1.00 is used up .*\$0.75 held"):
        await ledger.reserve(make_reservation(held=NANO // 2))
    assert (await ledger.totals()).calls == 1


async def test_reservations_at_once_never_exceed_the_budget(make_ledger, clock):
    ledger = await make_ledger(Budget(5 * NANO), now=clock)
    ends = await asyncio.gather(*(ledger.reserve(make_reservation()) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(end, int) for end in ends) == 5
    assert all(isinstance(end, int | Refused) for end in ends)


async def test_a_new_period_begins_with_nothing_spent(make_ledger, clock):
    ledger = await make_ledger(Budget(NANO, "daily"), now=clock)
    await ledger.settle(await ledger.reserve(make_reservation()), make_settlement(cost=NANO))
    with pytest.raises(Refused):
        await ledger.reserve(make_reservation())
    clock.now += DAY
    assert await ledger.spent() == (0, 0)
    await ledger.reserve(make_reservation())


async def test_reservation_of_a_lost_call_counts_in_full_until_it_is_resolved(make_ledger, clock):
    ledger = await make_ledger(Budget(NANO, "monthly"), now=clock)
    await ledger.reserve(make_reservation(held=NANO, sent=NANO // 10))
    clock.now += RESERVATION_SECONDS - 1
    with pytest.raises(Refused):
        await ledger.reserve(make_reservation(held=NANO // 2))
    clock.now += 2
    assert await ledger.spent() == (NANO // 10, 0)
    await ledger.reserve(make_reservation(held=NANO // 2))
    assert await ledger.spent() == (NANO // 10, NANO // 2)


async def test_late_settlement_of_a_resolved_call_still_counts(make_ledger, clock):
    ledger = await make_ledger(now=clock)
    row = await ledger.reserve(make_reservation())
    clock.now += RESERVATION_SECONDS + 1
    await ledger.reserve(make_reservation())
    await ledger.settle(row, make_settlement(cost=7))
    assert (await ledger.spent())[0] == 7


async def test_lines_by_agent_and_model_dearest_first(make_ledger, clock):
    ledger = await make_ledger(now=clock)
    for agent, cost in (("main", 1), ("planner", 5), ("main", 2)):
        await ledger.settle(await ledger.reserve(make_reservation(agent=agent)), make_settlement(cost=cost * NANO))
    lines = await ledger.lines()
    assert [(line.agent, line.calls, line.cost_usd) for line in lines] == [("planner", 1, 5.0), ("main", 2, 3.0)]
    assert lines[1].input_tokens == 20


async def test_prepare_again_keeps_the_rows(make_ledger, clock):
    ledger = await make_ledger(now=clock)
    await ledger.reserve(make_reservation())
    again = await make_ledger(now=clock)
    assert (await again.totals()).calls == 1


async def test_totals_of_an_empty_ledger(make_ledger):
    assert await (await make_ledger()).totals() == Totals()
