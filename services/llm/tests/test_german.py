from wactorz_common.contracts.llm import Completion, ModelMessage
from wactorz_common.language import speaking
from wactorz_llm import german
from wactorz_llm.budget import NANO, Budget
from wactorz_llm.provider import TokenUsage
from wactorz_llm.providers.failures import Trouble, Vendor, failure
from wactorz_llm.providers.offline import OfflineProvider
from wactorz_testing.phrases import gaps

BUDGETS = {f"{period} budget" for period in ("daily", "weekly", "monthly")}


def test_every_sentence_has_its_german_twin():
    assert gaps(german, BUDGETS) == []
    assert BUDGETS - german.GERMAN.keys() == set()


def test_a_budget_that_is_used_up_says_so_in_german():
    with speaking("de"):
        told = Budget(5 * NANO).refusal(int(4.98 * NANO), 0, int(0.03 * NANO))
    assert told == "Monatsbudget: $5.00 sind aufgebraucht ($4.98 ausgegeben, dieser Aufruf kann bis zu $0.03 kosten)."


async def test_without_a_model_the_way_to_one_is_told_in_german():
    question = Completion(messages=(ModelMessage(role="user", content="Hallo"),))
    provider = OfflineProvider("LLM_PROVIDER is {name}, but {setting} is not set", name="nim", setting="NIM_API_KEY")
    with speaking("de-AT"):
        answer = await provider.complete(question, lambda _text: None)
    assert answer.text.startswith(
        "Es ist kein Sprachmodell eingerichtet (LLM_PROVIDER ist nim, aber NIM_API_KEY ist nicht gesetzt). Geräte"
    )


def test_the_failure_of_a_provider_is_told_in_german():
    vendor = Vendor("Anthropic", "ANTHROPIC_API_KEY", "")
    with speaking("de"):
        told = failure(vendor, Trouble("limit", 429), "m", TokenUsage())
    assert str(told) == "Die Aufrufgrenze von Anthropic ist erreicht. Versuche es gleich noch einmal."
