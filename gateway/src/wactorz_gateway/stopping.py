"""Answers that are not wanted any more: everybody who works on them is told."""

from collections.abc import Iterable

from wactorz_gateway.parts import Parts


async def stop_all(parts: Parts, chat_ids: Iterable[str], session: str, person: str) -> int:
    """Have a person's own messages stopped, by their ids or a session; returns how many are under way here."""
    under_way: set[str] = set()
    for chat_id in chat_ids:
        if {parts.conversations.person_of(chat_id), parts.transcripts.whose(chat_id)} - {None, person}:
            continue  # somebody else's
        under_way.update(parts.conversations.under_way(chat_id=chat_id, person=person))
        await parts.backend.stop(chat_id=chat_id)
    if session:
        under_way.update(parts.conversations.under_way(conversation_id=session, person=person))
        await parts.backend.stop(conversation_id=session, person=person)
    return len(under_way)
