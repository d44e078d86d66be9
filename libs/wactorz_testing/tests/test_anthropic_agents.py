import pytest

from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_testing.anthropic_agents import spawn, wanted


@pytest.mark.parametrize(
    ("sentence", "name", "grants", "install"),
    [
        ("make an agent called rings that counts custom/doorbell", "rings", {}, None),
        ("create an agent named tides that may call example.org", "tides", {"http": ["example.org"]}, None),
        ("spawn an agent that counts system/health", "counter", {"subscribe": ["system/health"]}, None),
        ("write an agent with the package requests", "counter", {}, ["requests"]),
    ],
)
def test_what_a_sentence_asks_for(sentence, name, grants, install):
    spec = wanted(sentence)
    assert (spec["name"], spec.get("grants", {}), spec.get("install")) == (name, grants, install)
    compile(SpawnSpec.accept(spec).code, "code", "exec")


@pytest.mark.parametrize("sentence", ["turn on the light", "which agents are there?", "make coffee"])
def test_other_sentences_ask_for_none(sentence):
    assert wanted(sentence) is None


def test_as_a_call_or_as_a_block():
    spec = wanted("make an agent called rings")
    assert spawn(spec, as_block=False).tools[0].arguments == spec
    assert spec["code"] in spawn(spec, as_block=True).text
