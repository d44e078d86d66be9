import asyncio

from wactorz_common.errors import TransportError
from wactorz_llm.pieces import BATCH_SECONDS, PieceStream, StreamIndexes


def make_stream(**options):
    sent = []

    async def send(text, index):
        sent.append((index, text))

    return PieceStream(send, **options), sent


async def test_text_is_batched_and_nothing_is_lost():
    stream, sent = make_stream()
    words = [f"word{number} " for number in range(200)]
    for word in words:
        stream.add(word)
    await stream.close()
    assert "".join(text for _, text in sent) == "".join(words)
    assert len(sent) == 1


async def test_text_appears_before_the_answer_is_complete():
    stream, sent = make_stream(first_index=4)
    stream.add("first")
    await asyncio.sleep(BATCH_SECONDS * 3)
    assert sent == [(4, "first")]
    assert stream.visible
    stream.add("second")
    await stream.close()
    assert sent == [(4, "first"), (5, "second")]
    assert stream.next_index == 6


async def test_discarded_text_is_never_sent():
    stream, sent = make_stream()
    stream.add("half an ans")
    stream.discard()
    assert not stream.visible
    stream.add("a whole answer")
    await stream.close()
    assert sent == [(0, "a whole answer")]


async def test_broker_that_is_away_does_not_spoil_the_answer():
    async def send(_text, _index):
        raise TransportError("not connected")

    stream = PieceStream(send)
    stream.add("text")
    await stream.close()
    assert stream.visible


async def test_nothing_to_send():
    stream, sent = make_stream()
    stream.add("")
    await stream.close()
    assert sent == []


def test_indexes_go_on_and_the_oldest_is_forgotten():
    indexes = StreamIndexes(capacity=2)
    indexes.keep("a", 3)
    indexes.keep("b", 1)
    indexes.keep("a", 5)
    indexes.keep("c", 1)
    assert [indexes.next_of(name) for name in "abc"] == [5, 0, 1]
