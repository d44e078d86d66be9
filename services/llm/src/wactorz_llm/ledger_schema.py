"""The tables of the ledger and how older ones become the present ones."""

import sqlite3

from wactorz_common.errors import StoreError

VERSION = 2
"""1: calls alone; 2: rule, session, tree, reuse and estimates of a call, and budgets."""

_FORMAT = "CREATE TABLE IF NOT EXISTS llm_format (version INTEGER NOT NULL)"
_CALLS = """
CREATE TABLE IF NOT EXISTS llm_calls (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, agent TEXT NOT NULL, purpose TEXT NOT NULL, provider TEXT NOT NULL,
    model TEXT NOT NULL, input_tokens INTEGER NOT NULL DEFAULT 0, output_tokens INTEGER NOT NULL DEFAULT 0,
    cache_read_tokens INTEGER NOT NULL DEFAULT 0, cache_write_tokens INTEGER NOT NULL DEFAULT 0,
    cost_nano_usd INTEGER NOT NULL DEFAULT 0, priced INTEGER NOT NULL DEFAULT 1, attempts INTEGER NOT NULL DEFAULT 0,
    held_nano_usd INTEGER NOT NULL DEFAULT 0, sent_nano_usd INTEGER NOT NULL DEFAULT 0, outcome TEXT NOT NULL
)"""
_SECOND = (
    "ALTER TABLE llm_calls ADD COLUMN rule_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE llm_calls ADD COLUMN conversation_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE llm_calls ADD COLUMN on_behalf_of TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE llm_calls ADD COLUMN estimated INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE llm_calls ADD COLUMN reused INTEGER NOT NULL DEFAULT 0",
    """CREATE TABLE llm_budgets (
        scope TEXT NOT NULL, agent TEXT NOT NULL, period TEXT NOT NULL, limit_nano_usd INTEGER, since REAL NOT NULL,
        PRIMARY KEY (scope, agent, period))""",
    """CREATE TABLE llm_past (
        agent TEXT PRIMARY KEY, calls INTEGER NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,
        cost_nano_usd INTEGER NOT NULL)""",
    "CREATE INDEX llm_calls_rule ON llm_calls (rule_id) WHERE rule_id != ''",
    "CREATE INDEX llm_calls_session ON llm_calls (conversation_id) WHERE conversation_id != ''",
)
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS llm_calls_at ON llm_calls (at)",
    "CREATE INDEX IF NOT EXISTS llm_calls_open ON llm_calls (outcome) WHERE outcome = 'reserved'",
)


def migrate(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring those of an older version up to date; StoreError for ones of a newer version."""
    connection.execute(_CALLS)
    connection.execute(_FORMAT)
    version = _version(connection)
    if version > VERSION:
        raise StoreError(
            f"the ledger of model calls has version {version}, but this program knows only up to {VERSION}: "
            "install the newer program again"
        )
    if version < VERSION:
        for statement in (*_INDEXES, *_SECOND):
            connection.execute(statement)
        connection.execute("DELETE FROM llm_format")
        connection.execute("INSERT INTO llm_format VALUES (?)", (VERSION,))


def _version(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT version FROM llm_format").fetchone()
    return int(row[0]) if row else 1
