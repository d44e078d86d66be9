from wactorz_llm.call import Call
from wactorz_llm.prices import Cost
from wactorz_llm.provider import ProviderAnswer
from wactorz_llm.providers.offline import OfflineProvider
from wactorz_llm.providers.ollama_provider import OllamaProvider
from wactorz_llm.results import noted, reservation, result_of
from wactorz_llm.routing import Route

from .file_doubles import ask, file, png

PHOTO = file(png())
ANSWER = ProviderAnswer(text="Hi", model="llama3")


def call_of(provider):
    call = Call(ask(PHOTO.attachment, agent="main"), None, 0, {PHOTO.attachment.id: PHOTO})
    call.begin(Route(provider, "llama3"))
    return call


def test_a_result_names_what_its_model_was_not_shown():
    provider = OllamaProvider()
    result = result_of(provider, ANSWER, Cost(7), call_of(provider))
    assert [one.sentence for one in result.unseen] == ["photo.png was not looked at: llama3 sees no pictures."]
    assert (result.text, result.cost_usd, result.available, result.notice) == ("Hi", 7e-9, True, "")
    assert noted(result, ["a", "b"]).notice == "a b"
    assert noted(result, []) is result


def test_without_a_model_nothing_was_looked_at():
    provider = OfflineProvider()
    result = result_of(provider, ANSWER, Cost(0), call_of(provider))
    assert [one.why for one in result.unseen] == ["unasked"]
    assert not result.available


def test_a_reservation_is_for_the_payer():
    held = reservation(ask(agent="main"), Route(OllamaProvider(), "llama3"), 5, 3)
    assert (held.agent, held.provider, held.model, held.held, held.sent) == ("main", "ollama", "llama3", 5, 3)
