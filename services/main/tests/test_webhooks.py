"""Secrets that come with a message are handed to the vault, and spoken of by reference only."""

import pytest

from wactorz_common.contracts.chat import ChatRequest
from wactorz_common.contracts.notices import NoticeResult, SealedSecret, SecretEntry, Target, TargetList
from wactorz_common.contracts.rules import RuleResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.handlers import Task
from wactorz_main.turn import Turn
from wactorz_main.webhooks import says_more, targets_text
from wactorz_understanding.meaning import RuleMeaning

from .turn_doubles import DRAFT, make_rule, say

DISCORD = SealedSecret(reference="secret:discord-1a", kind="discord", sealed="c2VhbGVk", key_id="k")
WEBHOOK = SealedSecret(reference="secret:webhook-1a", kind="webhook", sealed="c2VhbGVk", key_id="k")
WORD = SealedSecret(reference="secret:password-1a", kind="password", sealed="c2VhbGVk", key_id="k")
TARGET = Target(name="discord", service="discord", hint="discord.com ...1a", usual=True)


@pytest.fixture
def vault(agent):
    done = TaskState.DONE
    agent.ends |= {
        "set_target": (done, TARGET, None),
        "store_secret": (done, SecretEntry(reference=WORD.reference, kind="password", stored_at=1), None),
        "remove_target": (done, TargetList(targets=()), None),
        "notify": (done, NoticeResult(status="sent", text="Sent to discord.", target="discord"), None),
    }
    agent.answers["list_targets"] = TargetList(targets=(TARGET,))
    return agent


async def tell(agent, text, *secrets, language=""):
    request = ChatRequest(
        text=text, conversation_id="c", chat_id="q1", person="ann", standing="admin", secrets=secrets, language=language
    )
    return await Turn(agent, request, Task("t1", "chat", "main", trace_id="trace")).answer()


async def test_places_are_listed_without_their_addresses(vault):
    assert (await say(vault, "/webhook")).text.splitlines()[1] == "- discord, discord.com ...1a, the usual one"
    assert "page only" in targets_text(())
    wrong = targets_text((TARGET.model_copy(update={"name": "team", "problem": "It answered 404"}),))
    assert "- team (discord), discord.com ...1a, the usual one. It answered 404." in wrong


@pytest.mark.parametrize(
    ("typed", "sealed", "name", "service"),
    [
        ("/webhook discord secret:discord-1a", DISCORD, "", "discord"),
        ("/webhook secret:discord-1a", DISCORD, "", "discord"),
        ("/webhook team secret:discord-1a", DISCORD, "team", "discord"),
        ("/webhook ntfy secret:webhook-1a", WEBHOOK, "ntfy", "ntfy"),
        ("/webhook secret:webhook-1a", WEBHOOK, "", ""),
    ],
)
async def test_a_place_is_stored(vault, typed, sealed, name, service):
    answer = await tell(vault, typed, sealed)
    action, wish, task_id, _ = vault.submitted[-1]
    assert (action, wish.name, wish.service, wish.secret, task_id) == ("set_target", name, service, sealed, "t1/target")
    assert sealed.reference in answer.text
    assert answer.status == "done"


@pytest.mark.parametrize("typed", ["/webhook discord", "/webhook discord secret:discord-9z", "/webhook a b secret:discord-1a",
                                   "/webhook b/d secret:discord-1a"])  # fmt: skip
async def test_what_is_no_place_is_not_stored(vault, typed):
    assert (await tell(vault, typed, DISCORD)).status == "failed"
    assert vault.submitted == []


async def test_places_are_tried_and_forgotten(vault):
    assert (await say(vault, "/webhook test discord")).text == "Sent to discord."
    assert vault.submitted[-1][1].target == "discord"
    assert (await say(vault, "/webhook remove discord")).text == "discord is forgotten."
    vault.ends["notify"] = (TaskState.DONE, NoticeResult(status="failed", text="It answered 404."), None)
    assert (await say(vault, "/webhook test")).status == "failed"


@pytest.mark.parametrize(
    ("typed", "target", "text"),
    [("/notify dinner is ready", "", "dinner is ready"), ("/notify discord: dinner", "discord", "dinner"),
     ("/notify it is 12:30 now", "", "it is 12:30 now"), ("/notify see https://x.y", "", "see https://x.y")],
)  # fmt: skip
async def test_a_notice_is_sent(vault, typed, target, text):
    await say(vault, typed)
    assert (vault.submitted[-1][1].target, vault.submitted[-1][1].text) == (target, text)
    assert (await say(vault, "/notify")).status == "failed"


async def test_a_pasted_address_becomes_a_place_and_is_said_so(vault):
    answer = await tell(vault, "here is my discord webhook secret:discord-1a", DISCORD)
    assert (answer.status, vault.submitted[-1][0]) == ("done", "set_target")
    assert answer.text.startswith("Notices can go to discord now; the address is in the vault as secret:discord-1a.")
    assert vault.classified == []


async def test_a_wish_with_an_address_goes_on_with_the_name_of_the_place(vault):
    vault.meaning = RuleMeaning(draft=DRAFT, summary="s")
    vault.ends["create_rule"] = (TaskState.DONE, RuleResult(rule=make_rule(), text="Rule made."), None)
    answer = await tell(vault, "if the door opens send a message to secret:discord-1a", DISCORD)
    assert [action for action, *_ in vault.submitted] == ["set_target", "create_rule"]
    assert vault.submitted[-1][1].task == "if the door opens send a message to discord"
    assert answer.text.splitlines()[1] == "Rule made."


async def test_a_password_is_kept_under_its_reference(vault):
    answer = await tell(vault, "the password of the gate is secret:password-1a", WORD)
    _, wish, task_id, _ = vault.submitted[-1]
    assert (wish.secret, wish.note) == (WORD, "the password of the gate is secret:password-1a")
    assert task_id == "t1/secret/secret:password-1a"
    assert "secret:password-1a" in answer.text
    german = await tell(vault, "Das Passwort vom Tor ist secret:password-1a", WORD, language="de")
    assert "Tresor" in german.text


async def test_a_fact_with_a_secret_holds_the_reference(vault):
    answer = await tell(vault, "remember that the gate opens with secret:password-1a", WORD)
    assert [action for action, *_ in vault.submitted] == ["store_secret"]
    (fact,) = vault.facts.of("ann")
    assert fact.value == "the gate opens with secret:password-1a"
    assert len(answer.text.splitlines()) == 2


async def test_nothing_is_done_when_the_vault_did_not_take_it(vault):
    vault.ends["store_secret"] = (TaskState.EXPIRED, None, "notifier did not answer")
    answer = await tell(vault, "remember that the gate opens with secret:password-1a", WORD)
    assert answer.status == "failed"
    assert "could not be stored" in answer.text
    assert vault.facts.of("ann") == ()


async def test_a_reference_without_its_secret_is_only_a_word(vault):
    await tell(vault, "/memory forget nothing")
    vault.submitted.clear()
    answer = await tell(vault, "/webhook discord secret:discord-9z")
    assert answer.status == "failed"
    assert vault.submitted == []


@pytest.mark.parametrize(
    ("text", "more"),
    [("secret:discord-1", False), ("here is my discord webhook secret:discord-1", False),
     ("mein WLAN-Passwort lautet secret:password-1.", False), ("use secret:discord-1 for notifications", False),
     ("the token for the weather is secret:token-1", False), ("turn on the light secret:token-1", True),
     ("if the door opens, post to secret:webhook-1", True), ("is secret:token-1 still valid", True)],
)  # fmt: skip
def test_whether_more_is_said_than_the_secret(text, more):
    assert says_more(text) is more
