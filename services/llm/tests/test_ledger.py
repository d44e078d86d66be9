import asyncio
import sqlite3

import pytest

from wactorz_llm.budget import Budget
from wactorz_llm.ledger import KEEP_SECONDS, Reservation, Settlement, Totals
from wactorz_llm.prices import NANO
from wactorz_llm.provider import TokenUsage
from wactorz_llm.purse import HOLD_SECONDS, OverBudget

T0 = 1_780_000_000.0
DAY = 86_400


def make_reservation(held=NANO, sent=NANO // 10, agent="main", **fields):
    return Reservation(agent, "chat", "anthropic", "claude-sonnet-4-6", held, sent, **fields)


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


def spent(ledger):
    """Spent and held in the only budget."""
    ((standing, held),) = ledger.state()
    return standing.spent, held


async def row(store, number=1):
    await store.write(lambda _connection: None)

    def read(connection):
        cursor = connection.execute("SELECT * FROM llm_calls WHERE id = ?", (number,))
        return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))

    return await store.read(read)


async def test_call_is_reserved_and_settled(make_ledger, clock):
    ledger = await make_ledger(Budget(5 * NANO), now=clock)
    number = await ledger.reserve(make_reservation())
    assert spent(ledger) == (0, NANO)
    ledger.settle(number, make_settlement())
    assert spent(ledger) == (NANO // 2, 0)
    assert ledger.totals == Totals(1, 10, 5, NANO // 2)
    assert ledger.by_agent == {"main": ledger.totals}


async def test_every_call_is_a_row_with_all_that_is_known(make_ledger, store, clock):
    ledger = await make_ledger(now=clock)
    wanted = make_reservation(rule_id="r1", conversation_id="c1", on_behalf_of=("planner", "main"))
    ledger.settle(await ledger.reserve(wanted), make_settlement(attempts=3))
    assert await row(store) == {
        "id": 1, "at": T0, "agent": "main", "purpose": "chat", "provider": "anthropic", "model": "claude-sonnet-4-6",
        "input_tokens": 10, "output_tokens": 5, "cache_read_tokens": 3, "cache_write_tokens": 1,
        "cost_nano_usd": NANO // 2, "priced": 1, "attempts": 3, "held_nano_usd": 0, "sent_nano_usd": NANO // 10,
        "outcome": "done", "rule_id": "r1", "conversation_id": "c1", "on_behalf_of": '["planner", "main"]',
        "estimated": 0, "reused": 0,
    }  # fmt: skip


async def test_estimates_are_marked(make_ledger, store):
    ledger = await make_ledger()
    usage = TokenUsage(10, 5, estimated=True)
    ledger.settle(await ledger.reserve(make_reservation()), make_settlement(usage=usage))
    assert (await row(store))["estimated"] == 1


async def test_over_budget_is_refused_and_leaves_no_row(make_ledger, store, clock):
    ledger = await make_ledger(Budget(NANO), now=clock)
    await ledger.reserve(make_reservation(held=NANO * 3 // 4))
    with pytest.raises(OverBudget, match=r"monthly budget of \$1.00 is used up .*\$0.75 held"):
        await ledger.reserve(make_reservation(held=NANO // 2))
    assert await store.read(lambda connection: connection.execute("SELECT count(*) FROM llm_calls").fetchone()) == (1,)


async def test_reservations_at_once_never_exceed_the_budget(make_ledger, clock):
    ledger = await make_ledger(Budget(5 * NANO), now=clock)
    ends = await asyncio.gather(*(ledger.reserve(make_reservation()) for _ in range(64)), return_exceptions=True)
    assert sum(isinstance(end, int) for end in ends) == 5
    assert all(isinstance(end, int | OverBudget) for end in ends)


async def test_another_attempt_sets_more_aside(make_ledger, store, clock):
    ledger = await make_ledger(Budget(2 * NANO), now=clock)
    number = await ledger.reserve(make_reservation())
    await ledger.extend(number, NANO)
    assert spent(ledger) == (0, 2 * NANO)
    assert (await row(store))["held_nano_usd"] == 2 * NANO
    with pytest.raises(OverBudget):
        await ledger.extend(number, 1)


async def test_a_new_period_begins_with_nothing_spent(make_ledger, clock):
    ledger = await make_ledger(Budget(NANO, "daily"), now=clock)
    ledger.settle(await ledger.reserve(make_reservation()), make_settlement(cost=NANO))
    with pytest.raises(OverBudget):
        await ledger.reserve(make_reservation())
    clock.now += DAY
    assert spent(ledger) == (0, 0)
    await ledger.reserve(make_reservation())


async def test_reservation_of_a_lost_call_counts_in_full_until_it_is_resolved(make_ledger, store, clock):
    await (await make_ledger(now=clock)).reserve(make_reservation(held=NANO, sent=NANO // 10))
    ledger = await make_ledger(Budget(NANO, "monthly"), now=clock)
    clock.now += HOLD_SECONDS - 1
    with pytest.raises(OverBudget):
        await ledger.reserve(make_reservation(held=NANO // 2))
    clock.now += 2
    assert spent(ledger) == (NANO // 10, 0)
    assert ledger.totals == Totals(1, 0, 0, NANO // 10)
    await ledger.reserve(make_reservation(held=NANO // 2))
    assert spent(ledger) == (NANO // 10, NANO // 2)
    lost = await row(store)
    assert (lost["outcome"], lost["cost_nano_usd"], lost["estimated"]) == ("lost", NANO // 10, 1)


async def test_a_long_call_of_this_run_is_not_taken_for_lost(make_ledger, store, clock):
    ledger = await make_ledger(Budget(5 * NANO), now=clock)
    number = await ledger.reserve(make_reservation())
    clock.now += HOLD_SECONDS + 1
    assert spent(ledger) == (0, NANO)
    ledger.settle(number, make_settlement(cost=7))
    assert spent(ledger) == (7, 0)


async def test_a_reservation_that_the_disk_does_not_take_holds_nothing(make_ledger, monkeypatch, clock):
    ledger = await make_ledger(Budget(NANO), now=clock)

    async def full(_work):
        raise sqlite3.OperationalError("disk is full")

    monkeypatch.setattr(ledger.database, "write", full)
    with pytest.raises(sqlite3.OperationalError):
        await ledger.reserve(make_reservation())
    assert spent(ledger) == (0, 0)


async def test_a_reservation_that_is_cancelled_leaves_no_row(make_ledger, store, clock):
    ledger = await make_ledger(Budget(NANO), now=clock)
    reserving = asyncio.create_task(ledger.reserve(make_reservation()))
    await asyncio.sleep(0)
    reserving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reserving
    assert spent(ledger) == (0, 0)
    await store.write(lambda _connection: None)
    assert await store.read(lambda connection: connection.execute("SELECT count(*) FROM llm_calls").fetchone()) == (0,)


async def test_budgets_are_kept_and_know_what_was_spent_before(make_ledger, clock):
    ledger = await make_ledger(now=clock)
    worker = make_reservation(agent="worker", on_behalf_of=("planner",))
    ledger.settle(await ledger.reserve(worker), make_settlement(cost=3))
    ledger.settle(await ledger.reserve(make_reservation()), make_settlement(cost=4))
    for budget in (Budget(100, "daily"), Budget(100, "weekly", "agent", "main"), Budget(9, "daily", "tree", "planner")):
        await ledger.set_budget(budget)
    expected = {("all", ""): 7, ("agent", "main"): 4, ("tree", "planner"): 3}
    for one in (ledger, await make_ledger(now=clock)):
        assert {(s.budget.scope, s.budget.agent): s.spent for s, _ in one.state()} == expected


async def test_a_budget_set_while_calls_settle_misses_none(make_ledger, clock):
    ledger = await make_ledger(now=clock)
    numbers = [await ledger.reserve(make_reservation(held=0)) for _ in range(40)]
    setting = asyncio.create_task(ledger.set_budget(Budget(NANO, "daily")))
    for number in numbers:
        ledger.settle(number, make_settlement(cost=1))
        await asyncio.sleep(0)
    await setting
    assert spent(ledger) == (40, 0)


async def test_a_persons_word_replaces_the_limit_of_the_settings(make_ledger, clock):
    await (await make_ledger(Budget(NANO), now=clock)).set_budget(Budget(0))
    assert (await make_ledger(Budget(NANO), now=clock)).state() == ()


async def test_a_count_begun_anew_leaves_the_ledger_as_it_is(make_ledger, clock):
    ledger = await make_ledger(Budget(5 * NANO), now=clock)
    ledger.settle(await ledger.reserve(make_reservation()), make_settlement())
    clock.now += 10
    await ledger.begin_anew((("all", "", "monthly"),))
    assert spent(ledger) == (0, 0)
    assert ledger.totals.nano_usd == NANO // 2
    assert (await make_ledger(Budget(5 * NANO), now=clock)).state()[0][0].begin == clock.now


async def test_an_answer_given_again_is_a_row_that_costs_nothing(make_ledger, store):
    ledger = await make_ledger(Budget(1))
    ledger.note_reused(make_reservation(held=0, sent=0))
    kept = await row(store)
    assert (kept["outcome"], kept["reused"], kept["cost_nano_usd"]) == ("reused", 1, 0)
    assert ledger.totals == Totals()


async def test_sums_outlive_their_rows(make_ledger, store, clock):
    ledger = await make_ledger(now=clock)
    for agent in ("main", "main", "planner"):
        ledger.settle(await ledger.reserve(make_reservation(agent=agent)), make_settlement())
    clock.now += KEEP_SECONDS + 1
    ledger.settle(await ledger.reserve(make_reservation()), make_settlement())
    for _ in range(2):
        await ledger.trim()
    await ledger.flush()
    assert await store.read(lambda connection: connection.execute("SELECT count(*) FROM llm_calls").fetchone()) == (1,)
    again = await make_ledger(now=clock)
    assert again.by_agent == ledger.by_agent
    assert again.by_agent["main"].calls == 3


async def test_totals_of_an_empty_ledger(make_ledger):
    assert (await make_ledger()).totals == Totals()
