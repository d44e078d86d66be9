"""The ledger against what the providers' servers count themselves."""

import pytest

from tests.bench import llm_ledger


@pytest.mark.broker
@pytest.mark.timeout(300)
async def test_a_thousand_calls_with_failures_and_stops_agree_to_the_token(tmp_path):
    tally = await llm_ledger.run(tmp_path, 1_000)
    assert tally.calls == 1_000
    assert tally.wrong == []
    assert tally.unmarked == []
    assert tally.missing == []
    assert tally.open_rows == 0
    assert min(tally.stopped, tally.failed) > 20, "there was something to go wrong"
    assert tally.exact > 500
