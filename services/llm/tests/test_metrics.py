from wactorz_llm.ledger import Totals
from wactorz_llm.metrics import MOST_PAYERS, OTHERS, figures
from wactorz_llm.prices import NANO


def test_sums_and_shares():
    told = figures({"main": Totals(2, 100, 10, NANO // 2), "planner": Totals(1, 50, 5, NANO)})
    assert (told["llm_calls"], told["input_tokens"], told["output_tokens"], told["cost_usd"]) == (3, 150, 15, 1.5)
    assert list(told["paid_by"]) == ["planner", "main"]
    assert told["paid_by"]["main"] == {"llm_calls": 2, "input_tokens": 100, "output_tokens": 10, "cost_usd": 0.5}


def test_many_payers_are_told_as_one_and_nothing_is_left_out():
    payers = {f"agent-{number:03}": Totals(1, 1, 1, number) for number in range(MOST_PAYERS + 50)}
    told = figures(payers)
    assert len(told["paid_by"]) == MOST_PAYERS + 1
    assert told["paid_by"][OTHERS]["llm_calls"] == 50
    assert sum(one["llm_calls"] for one in told["paid_by"].values()) == told["llm_calls"] == MOST_PAYERS + 50


def test_nothing_spent():
    assert figures({}) == {"input_tokens": 0, "output_tokens": 0, "cost_usd": 0, "llm_calls": 0, "paid_by": {}}
