"""What was said lately, for pages that are opened again."""

from wactorz_common.contracts.blobs import Attachment
from wactorz_common.contracts.chat import ChatMessage, ChatReply
from wactorz_gateway.transcripts import MOST_TURNS, Transcripts


def message(number, person="ann", **more):
    return ChatMessage(content=f"m{number}", id=str(number), person=person, conversation_id="s", **more)


def reply(number):
    return ChatReply(sender="main", content=f"r{number}", timestamp=number, id=str(number), cost_usd=0.1)


def test_turns_are_kept_once_and_come_back_after_a_restart():
    kept = Transcripts()
    for _ in range(2):
        kept.said(message(1), 1.0)
        kept.told(message(1), reply(1))
    assert kept.changed
    rows = kept.dump()
    assert not kept.changed
    again = Transcripts()
    again.load(rows)
    assert again.of("ann", 10) == kept.of("ann", 10)
    assert [(turn.role, turn.content, turn.cost_usd) for turn in again.of("ann", 10)] == [
        ("user", "m1", None), ("assistant", "r1", 0.1)
    ]  # fmt: skip


def test_only_so_much_is_kept():
    kept = Transcripts()
    for number in range(MOST_TURNS + 5):
        kept.said(message(number), number)
    assert len(kept.of("ann", 10_000)) == MOST_TURNS
    kept.said(ChatMessage(content="x" * 9_000, id="long", person="ann"), 1.0)
    assert len(kept.of("ann", 1)[0].content) == 4_000


def test_a_person_reads_their_own_and_files_are_named():
    kept = Transcripts()
    file = Attachment(id="0" * 32, name="a.pdf", media_type="application/pdf", size=1)
    kept.said(message(1, attachments=(file,)), 1.0)
    assert kept.of("ben", 10) == []
    assert kept.of("ann", 10)[0].attachments == ["a.pdf"]
