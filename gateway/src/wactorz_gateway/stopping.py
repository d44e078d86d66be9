"""Answers that are not wanted any more: everybody who works on them is told."""

from collections.abc import Iterable

from wactorz_gateway.parts import Parts


async def stop_all(parts: Parts, chat_ids: Iterable[str], session: str = "") -> int:
    """Have messages stopped, by their ids or all of a session; returns how many of them are under way here."""
    under_way: set[str] = set()
    for chat_id in chat_ids:
        under_way.update(parts.conversations.under_way(chat_id=chat_id))
        await parts.backend.stop(chat_id=chat_id)
    if session:
        under_way.update(parts.conversations.under_way(conversation_id=session))
        await parts.backend.stop(conversation_id=session)
    return len(under_way)
