import pytest

from wactorz_common.contracts.llm import Completion, ModelMessage
from wactorz_llm.attempts import PATIENCE, Attempts
from wactorz_llm.call import Call
from wactorz_llm.provider import ProviderAnswer, ProviderFailure, TokenUsage
from wactorz_llm.purse import OverBudget
from wactorz_llm.resilience import OPEN_AFTER

QUESTION = Completion(messages=(ModelMessage(role="user", content="Hi"),))


class FakeProvider:
    """Fails with what it is given, then answers."""

    name = "anthropic"

    def __init__(self, *failures):
        self.failures = list(failures)

    async def complete(self, _request, _on_piece, _on_usage=None):
        if self.failures:
            raise self.failures.pop(0)
        return ProviderAnswer("Hi.", "m", usage=TokenUsage(10, 1))


def failure(**fields):
    return ProviderFailure("No.", **{"again": True, "usage": TokenUsage(5), **fields})


@pytest.fixture
def waits():
    return []


@pytest.fixture
def make_attempts(waits):
    def make(*failures, on_trouble=lambda _sentence: None):
        async def sleep(seconds):
            waits.append(seconds)

        return Attempts(FakeProvider(*failures), 2, lambda: 1000.0, sleep, on_trouble)

    return make


async def nothing(_used):
    return None


def make_call():
    return Call(QUESTION, None, 1080.0)


async def test_passing_failures_are_repeated_and_their_tokens_counted(make_attempts, waits):
    call = make_call()
    answer = await make_attempts(failure(), failure()).answer(call, nothing, last=True)
    assert (answer.text, call.attempts, call.used) == ("Hi.", 3, TokenUsage(20, 1))
    assert len(waits) == 2


@pytest.mark.parametrize("failures", [[failure(again=False)], [failure(), failure(), failure()]])
async def test_what_does_not_pass_is_raised(make_attempts, failures):
    with pytest.raises(ProviderFailure):
        await make_attempts(*failures).answer(make_call(), nothing, last=True)


async def test_a_long_wait_is_only_waited_for_when_nobody_else_can_answer(make_attempts, waits):
    long = PATIENCE + 1
    await make_attempts(failure(retry_after=long)).answer(make_call(), nothing, last=True)
    assert waits == [long]
    with pytest.raises(ProviderFailure):
        await make_attempts(failure(retry_after=long)).answer(make_call(), nothing, last=False)


async def test_a_further_attempt_needs_leave(make_attempts):
    async def refuse(used):
        assert used == TokenUsage(5)
        raise OverBudget("no more")

    call = make_call()
    with pytest.raises(OverBudget):
        await make_attempts(failure()).answer(call, refuse, last=True)
    assert call.attempts == 1


async def test_failures_in_a_row_are_told_once(make_attempts):
    told = []
    attempts = make_attempts(on_trouble=told.append)
    for _ in range(OPEN_AFTER + 2):
        attempts.fail("gone")
    assert attempts.breaker.closed_in > 0
    assert len(told) == 1
    assert "'anthropic' keeps failing" in told[0]
