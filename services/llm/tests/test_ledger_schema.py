import pytest

from wactorz_common.errors import StoreError
from wactorz_llm.budget import Budget
from wactorz_llm.ledger import Totals
from wactorz_llm.ledger_schema import VERSION

FIRST = """
CREATE TABLE llm_calls (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, agent TEXT NOT NULL, purpose TEXT NOT NULL, provider TEXT NOT NULL,
    model TEXT NOT NULL, input_tokens INTEGER NOT NULL DEFAULT 0, output_tokens INTEGER NOT NULL DEFAULT 0,
    cache_read_tokens INTEGER NOT NULL DEFAULT 0, cache_write_tokens INTEGER NOT NULL DEFAULT 0,
    cost_nano_usd INTEGER NOT NULL DEFAULT 0, priced INTEGER NOT NULL DEFAULT 1, attempts INTEGER NOT NULL DEFAULT 0,
    held_nano_usd INTEGER NOT NULL DEFAULT 0, sent_nano_usd INTEGER NOT NULL DEFAULT 0, outcome TEXT NOT NULL
)"""


async def write(store, *statements):
    await store.write(lambda connection: [connection.execute(statement) for statement in statements] and None)


async def test_ledger_of_the_first_version_goes_on(make_ledger, store):
    row = "(1, 1780000000, 'main', 'chat', 'anthropic', 'm', 10, 5, 0, 0, 7, 1, 1, 0, 0, 'done')"
    held = "(2, 1780000000, 'main', 'chat', 'anthropic', 'm', 0, 0, 0, 0, 0, 1, 0, 90, 3, 'reserved')"
    await write(
        store, FIRST, "CREATE INDEX llm_calls_at ON llm_calls (at)", f"INSERT INTO llm_calls VALUES {row}, {held}"
    )
    ledger = await make_ledger(Budget(100), now=lambda: 1_780_000_001.0)
    assert ledger.totals == Totals(1, 10, 5, 7)
    ((standing, held),) = ledger.state()
    assert (standing.spent, held) == (7, 90)


async def test_migration_is_done_once(make_ledger, store):
    for _ in range(2):
        await make_ledger()
    assert await store.read(lambda connection: connection.execute("SELECT version FROM llm_format").fetchall()) == [
        (VERSION,)
    ]


async def test_ledger_of_a_newer_program_is_left_alone(make_ledger, store):
    await make_ledger()
    await write(store, f"UPDATE llm_format SET version = {VERSION + 1}")
    with pytest.raises(StoreError, match="install the newer program"):
        await make_ledger()
