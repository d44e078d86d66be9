from wactorz_common.contracts.llm import Completion, ModelMessage
from wactorz_llm.call import Call
from wactorz_llm.pieces import PieceStream
from wactorz_llm.provider import TokenUsage
from wactorz_llm.providers.offline import OfflineProvider
from wactorz_llm.routing import Route

QUESTION = Completion(messages=(ModelMessage(role="user", content="Hi"),))


async def ignore(_text, _index):
    return None


def test_the_first_piece_is_a_sign_of_life():
    signs = []
    call = Call(QUESTION, None, 0)
    call.on_sign = lambda: signs.append(True)
    call.take("a")
    call.take("b")
    assert signs == [True]


def test_each_route_counts_for_itself():
    call = Call(QUESTION, None, 0, attempts=3, used=TokenUsage(5, 5))
    call.begin(Route(OfflineProvider(), "tiny"))
    assert (call.request.model, call.attempts, call.used) == ("tiny", 0, TokenUsage())
    call.take_usage(TokenUsage(1, 2, estimated=True))
    call.take_usage(TokenUsage(3, 4))
    assert call.used == TokenUsage(4, 6, estimated=True)


def test_without_a_stream_everything_may_be_repeated():
    call = Call(QUESTION, None, 0)
    call.take("text")
    assert call.may_repeat()


async def test_what_was_shown_may_not_be_repeated_and_what_waits_is_forgotten():
    pieces = PieceStream(ignore)
    call = Call(QUESTION, pieces, 0)
    call.take("half")
    assert call.may_repeat()
    await pieces.close()
    assert not pieces.visible, "the half was forgotten"
    call.take("shown")
    await pieces.close()
    assert not call.may_repeat()
