import pytest

from wactorz_topics.folding import LIKE, Folding, matcher, meet


def test_changes_of_states_are_one_per_domain():
    folding = Folding()
    assert (
        folding.name_of("homeassistant/state_changes/light/light.a") == "homeassistant/state_changes/light/{entity_id}"
    )
    assert folding.name_of("homeassistant/state_changes") == "homeassistant/state_changes"


def test_declared_patterns():
    folding = Folding()
    assert folding.declare("custom/triggers/{slug}")
    assert not folding.declare("custom/triggers/{slug}")
    assert not folding.declare("custom/plain")
    assert not folding.declare("agents/{deleted_id}/{leaf}"), "it would hide what agents say"
    assert folding.name_of("custom/triggers/hot-1") == "custom/triggers/{slug}"
    assert folding.name_of("custom/triggers/hot/1") == "custom/triggers/hot/1"


def test_like_topics_become_one():
    folding, same = Folding(), frozenset({"t"})
    made = [folding.learn(f"sensors/room{n}/climate", same) for n in range(LIKE)]
    assert made == [""] * (LIKE - 1) + ["sensors/{name}/climate"]
    assert folding.name_of("sensors/attic/climate") == "sensors/{name}/climate"
    ids = [folding.learn(f"home/states/light.l{n}", same) for n in range(LIKE)]
    assert ids[-1] == "home/states/{entity_id}"


@pytest.mark.parametrize("form", ["custom/agent{n}", "agents/a{n}/result", "custom/{n}/data"])
def test_topics_of_different_things_stay_apart(form):
    folding = Folding()
    for n in range(100):
        fields = frozenset({f"field{n}"}) if form == "custom/{n}/data" else frozenset({"t"})
        assert folding.learn(form.format(n=n), fields) == ""


def test_matching():
    assert matcher("a/#").fullmatch("a")
    assert matcher("a/+/{x}").fullmatch("a/b/c")
    assert not matcher("a/+").fullmatch("a/b/c")
    assert matcher("a.b/c").fullmatch("a.b/c")
    assert not matcher("a.b/c").fullmatch("axb/c")


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        ("a/b", "a/b", True), ("a/+", "a/b", True), ("a/{x}", "a/+", True), ("a/#", "a/b/c", True), ("a/#", "a", True),
        ("a/+", "a/b/c", False), ("a/b", "a/c", False), ("#", "a/b", True), ("a/b", "a", False), ("+/b", "a/{x}", True),
    ],
)  # fmt: skip
def test_meeting(one, other, fits):
    assert meet(one, other) is fits
    assert meet(other, one) is fits
