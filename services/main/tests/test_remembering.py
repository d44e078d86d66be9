"""What is remembered: told and stored without a model, per person."""

import pytest

from wactorz_common.contracts.notices import SecretEntry, SecretList
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import AskTimeout

from .turn_doubles import say


@pytest.fixture
def vault(agent):
    agent.answers["list_secrets"] = SecretList(
        secrets=(SecretEntry(reference="secret:token-1", kind="token", note="weather", stored_at=1),)
    )
    return agent


async def test_what_is_to_be_remembered_is_kept_in_the_persons_words(vault):
    answer = await say(vault, "remember that I like green tea")
    assert answer.text.startswith("I will remember that I like green tea (pref_green_tea).")
    (fact,) = vault.facts.of("ann")
    assert (fact.key, fact.value, fact.source) == (
        "pref_green_tea", "I like green tea", "remember that I like green tea"
    )  # fmt: skip
    assert (fact.person, fact.conversation_id) == ("ann", "c")
    assert vault.classified == []


async def test_what_is_remembered_is_told_without_a_model(vault):
    await say(vault, "merke dir, dass ich grünen Tee mag")
    for text in ("/memory", "what do you remember about me?", "Was weißt du über mich?"):
        answer = (await say(vault, text)).text
        assert "grünen Tee" in answer
        assert "- secret:token-1 (token): weather" in answer
    assert vault.classified == []


async def test_two_people_do_not_see_each_other(vault):
    await say(vault, "remember that my dog is Rex")
    await say(vault, "remember that my cat is Tom", person="", conversation="x")
    assert "Rex" not in (await say(vault, "/memory", person="ben")).text
    assert "Rex" not in (await say(vault, "/memory", person="", conversation="c")).text
    nobody = (await say(vault, "/memory", person="", conversation="x")).text
    assert "Tom" in nobody
    assert "Rex" not in nobody


async def test_facts_are_forgotten_one_by_one_and_all(vault):
    await say(vault, "remember that my dog is Rex")
    await say(vault, "remember that I like tea")
    assert (await say(vault, "/memory forget pref_tea")).text == "pref_tea is forgotten."
    assert (await say(vault, "/memory forget pref_tea")).status == "failed"
    assert [one.key for one in vault.facts.of("ann")] == ["fact_dog"]
    assert (await say(vault, "forget everything about me")).status == "done"
    assert vault.facts.of("ann") == ()


async def test_a_secret_is_forgotten_by_its_reference(vault):
    vault.ends["forget_secret"] = (TaskState.DONE, SecretList(secrets=()), None)
    assert (await say(vault, "/memory forget secret:token-1")).text == "secret:token-1 is forgotten."
    assert vault.submitted[-1][1].reference == "secret:token-1"
    vault.ends["forget_secret"] = (TaskState.FAILED, None, "There is no secret:token-1.")
    assert (await say(vault, "/memory forget secret:token-1")).text == "There is no secret:token-1."


async def test_without_a_vault_the_facts_are_told(vault):
    vault.answers["list_secrets"] = AskTimeout("away")
    text = (await say(vault, "/memory")).text
    assert "I remember nothing of you yet" in text
    assert "The vault does not answer" in text


async def test_a_secret_that_was_not_taken_out_at_the_door_is_not_kept(vault):
    answer = await say(vault, "remember that my password is hunter2")
    assert answer.status == "failed"
    assert "hunter2" not in answer.text
    assert vault.facts.of("ann") == ()


async def test_too_much_to_remember_is_said(vault):
    assert (await say(vault, f"remember that {'x' * 501}")).status == "failed"
    assert (await say(vault, "/memory nonsense here")).status == "failed"
