from wactorz_common.contracts.llm import Completion, ModelMessage
from wactorz_llm.provider import TokenUsage
from wactorz_llm.providers.offline import OfflineProvider

QUESTION = Completion(messages=(ModelMessage(role="user", content="What is the capital of Greece?"),))


async def test_says_that_there_is_no_model_and_what_works_without():
    pieces = []
    answer = await OfflineProvider().complete(QUESTION, pieces.append)
    assert answer.text == "".join(pieces)
    for words in ("No language model", "Devices", "rules", "ANTHROPIC_API_KEY"):
        assert words in answer.text
    assert "Athens" not in answer.text
    assert answer.usage == TokenUsage()
    assert answer.model == ""


async def test_names_the_reason():
    answer = await OfflineProvider("LLM_PROVIDER is offline").complete(QUESTION, lambda _text: None)
    assert "(LLM_PROVIDER is offline)" in answer.text


async def test_nothing_to_load_or_release():
    provider = OfflineProvider()
    provider.warm_up()
    await provider.close()
    assert not provider.available
