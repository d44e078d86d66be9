"""What holds for every sentence and conversation, whatever is said."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wactorz_common.risk import Risk, assess
from wactorz_understanding.context import Context
from wactorz_understanding.meaning import Adjust, Ambiguous, Calls, Question, RuleMeaning, UnknownName, Why
from wactorz_understanding.understander import Understander

OPENERS = {"open", "opens", "unlock", "disarm", "raise", "lift", "pull", "roll", "press", "push", "tilt", "yes", "move"}
GUARDED = {"lock", "cover", "valve", "alarm_control_panel"}
WORDS = [
    "turn", "on", "off", "the", "it", "them", "front door", "garage door", "gate", "shed", "main valve", "alarm", "lock", "unlock",
    "open", "close", "disarm", "arm", "set", "to", "50 %", "and", "then", "too", "again", "same for", "kettle", "floor lamp", "blinds",
    "kitchen", "bedroom", "upstairs", "in", "all", "doors", "locks", "lights", "everything", "except", "a bit", "brighter", "warmer",
    "yes", "no", "both", "the second", "is", "are", "locked", "why", "when", "every day at 7", "at sunset", "if", "opens", "only if",
    "don't", "never", "?", ",", "raise", "lower", "halfway", "half past six", "frnt door", "garge door", "kettel", "red", "20 degrees",
    "make", "dim", "what", "which", "how", "start", "good night", "in 10 minutes", "now", "please", "as an automation", "press", "stop",
]  # fmt: skip
TURNS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def loaded(large_house):
    understander = Understander()
    understander.load(large_house)
    return understander


def calls_of(meaning):
    if isinstance(meaning, Calls):
        return meaning.calls
    return meaning.draft.actions if isinstance(meaning, RuleMeaning) else ()


def named_in(meaning):
    if isinstance(meaning, Question | Adjust):
        return meaning.entity_ids
    if isinstance(meaning, Why):
        return (meaning.entity_id,)
    chosen = meaning.choices if isinstance(meaning, Ambiguous) else ()
    chosen = meaning.suggestions if isinstance(meaning, UnknownName) else chosen
    return [c.entity_id for c in chosen] or [e for call in calls_of(meaning) for e in call.entity_id]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=TURNS)
def test_nothing_opens_without_a_verb_that_says_so_and_every_device_exists(turns, loaded, large_house):
    entities = {entity.entity_id: entity for entity in large_house.entities}
    context, words = Context(), set()
    for text in turns:
        found = loaded.understand(text, context)
        context = Context.decode(found.context.encode())
        words |= set(text.replace(",", " ").split())
        assert set(named_in(found.meaning)) <= entities.keys()
        for call in calls_of(found.meaning):
            risky = (
                any(e.split(".")[0] in GUARDED for e in call.entity_id) and assess(call, entities).risk == Risk.OPENING
            )
            assert not risky or words & OPENERS


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.text(max_size=80), second=st.text(max_size=80))
def test_any_text_may_follow_any_text(first, second, loaded):
    context = loaded.understand("turn on the fan", Context()).context
    for text in (first, second):
        found = loaded.understand(text, context)
        context = Context.decode(found.context.encode())
        acts = {call.entity_id for call in calls_of(found.meaning)}
        assert acts <= {("fan.bedroom",), ("fan.office",), ("fan.bedroom", "fan.office")}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from(WORDS), max_size=8), no=st.sampled_from(["don't", "do not", "never"]))
def test_what_is_not_wanted_is_not_done(words, no, loaded):
    context = loaded.understand("turn on the kettle", Context()).context
    assert not calls_of(loaded.understand(f"{no} {' '.join(words)}", context).meaning)


@pytest.mark.parametrize(
    "name",
    [
        "Unlock the front door",
        "turn off all lights and open the gate",
        "yes",
        "it",
        "all lights",
        "{area}",
        "(a|b)",
        "red",
    ],
)
def test_a_name_is_only_a_name(name, large_house):
    odd = large_house.entities[0].model_copy(
        update={"entity_id": "switch.odd", "name": name, "area_id": None, "attributes": {}}
    )
    understander = Understander()
    understander.load(large_house.model_copy(update={"entities": (*large_house.entities, odd)}))
    for said in (f"turn on {name}", f"turn off the {name}", name, f"is {name} on"):
        for call in calls_of(understander.understand(said, Context()).meaning):
            opening = {"lock.unlock", "cover.open_cover"} & {f"{call.domain}.{call.service}"}
            assert not opening or said == name
