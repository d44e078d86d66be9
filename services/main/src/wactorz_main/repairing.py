"""/repair: looks through what is stored of one conversation, mends what is broken, and says what that was."""

import sqlite3
from collections import Counter
from typing import TYPE_CHECKING

from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.llm import CompletionResult
from wactorz_common.errors import ContractError
from wactorz_main import mind_texts
from wactorz_main.history import session_word

if TYPE_CHECKING:
    from wactorz_main.errand import Errand

_BROKEN = "�"
_PLACEHOLDER = "(no words)"


class Repairing:
    """Checks the history of the session of one message."""

    def __init__(self, errand: "Errand") -> None:
        self._errand = errand

    async def command(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        """`/repair`."""
        errand = self._errand
        if not errand.in_session:
            return errand.failed(mind_texts.say(errand.language, "no_session"))
        place, running = errand.place, errand.task.id
        found = await errand.agent.store.write(lambda connection: repair(connection, place, running))
        if not found.mended:
            counts = {"count": found.exchanges, "summaries": found.summaries}
            return ChatAnswer(text=mind_texts.say(errand.language, "sound", **counts))
        what = ", ".join(
            mind_texts.say(errand.language, f"mended_{kind}", count=count)
            for kind, count in sorted(found.mended.items())
        )
        return ChatAnswer(text=mind_texts.say(errand.language, "repaired", what=what))


class Found:
    """What a conversation holds after it was checked, and how often what had to be mended."""

    def __init__(self, mended: Counter[str], exchanges: int, summaries: int) -> None:
        self.mended, self.exchanges, self.summaries = dict(+mended), exchanges, summaries


def repair(connection: sqlite3.Connection, place: str, running: str) -> Found:
    """Mend a conversation in one transaction; `running` is the task under way, whose decisions are left alone."""
    mended: Counter[str] = Counter()
    _repair_exchanges(connection, place, mended)
    _repair_index(connection, place, mended)
    _repair_rounds(connection, running, mended)
    _repair_summaries(connection, place, mended)
    counts = [
        connection.execute(f"SELECT count(*) FROM {table} WHERE conversation_id = ?", (place,)).fetchone()[0]  # noqa: S608
        for table in ("exchanges", "summaries")
    ]
    return Found(mended, *counts)


def _repair_exchanges(connection: sqlite3.Connection, place: str, mended: Counter[str]) -> None:
    """Empty exchanges go; texts that are no texts are written again."""
    query = "SELECT number, CAST(said AS BLOB), CAST(answered AS BLOB) FROM exchanges WHERE conversation_id = ?"
    for number, *stored in connection.execute(query, (place,)).fetchall():
        said, answered = ((text or b"").decode(errors="replace").replace(_BROKEN, "?").strip() for text in stored)
        if said in ("", _PLACEHOLDER) and answered in ("", _PLACEHOLDER):
            connection.execute("DELETE FROM exchanges WHERE number = ?", (number,))
            mended["empty"] += 1
        elif (said.encode(), answered.encode()) != tuple(stored):
            row = (said or _PLACEHOLDER, answered or _PLACEHOLDER, number)
            connection.execute("UPDATE exchanges SET said = ?, answered = ? WHERE number = ?", row)
            connection.execute("DELETE FROM exchange_words WHERE rowid = ?", (number,))
            mended["broken"] += 1


def _repair_index(connection: sqlite3.Connection, place: str, mended: Counter[str]) -> None:
    """What cannot be found any more is written into the index again, and what is there without an exchange goes."""
    word = session_word(place)
    match = f'session : "{word}"'
    query = "SELECT number, said, answered FROM exchanges WHERE conversation_id = ?"
    stored = {number: texts for number, *texts in connection.execute(query, (place,))}
    words = connection.execute("SELECT rowid FROM exchange_words WHERE exchange_words MATCH ?", (match,))
    found = {number for (number,) in words}
    lost, lonely = stored.keys() - found, found - stored.keys()
    connection.executemany("DELETE FROM exchange_words WHERE rowid = ?", [(number,) for number in lost | lonely])
    connection.executemany(
        "INSERT INTO exchange_words (rowid, session, said, answered) VALUES (?, ?, ?, ?)",
        [(number, word, *stored[number]) for number in lost],
    )
    mended["index"] += max(0, len(lost) + len(lonely) - mended["broken"] - mended["empty"])


def _repair_rounds(connection: sqlite3.Connection, running: str, mended: Counter[str]) -> None:
    """Answers of the model that cannot be read go, and with them those after: what is done again begins there."""
    query = "SELECT task_id, number, CAST(result AS BLOB) FROM rounds WHERE task_id != ? ORDER BY task_id, number"
    broken = dict[str, int]()
    for task_id, number, result in connection.execute(query, (running,)).fetchall():
        if task_id not in broken and not _is_readable(result):
            broken[task_id] = number
    connection.executemany("DELETE FROM rounds WHERE task_id = ? AND number >= ?", list(broken.items()))
    mended["decisions"] += len(broken)


def _repair_summaries(connection: sqlite3.Connection, place: str, mended: Counter[str]) -> None:
    """Summaries that tell nothing, or of no exchanges, go: they are made again from what was said."""
    broken = "conversation_id = ? AND (trim(body) = '' OR first > last)"
    query = f"DELETE FROM summaries WHERE {broken} RETURNING number"  # noqa: S608  # a constant
    gone = connection.execute(query, (place,)).fetchall()
    freed = connection.execute(
        "UPDATE summaries SET condensed_into = NULL WHERE conversation_id = ? AND condensed_into IS NOT NULL "
        "AND condensed_into NOT IN (SELECT number FROM summaries) RETURNING number",
        (place,),
    ).fetchall()
    mended["summaries"] += len(gone) + len(freed)


def _is_readable(result: bytes) -> bool:
    try:
        CompletionResult.decode(result)
    except ContractError:
        return False
    return True
