from wactorz_demo_home.condition import Condition, flipped


def test_a_condition_is_never_changed_in_place():
    before = Condition("off", {"level": 1})
    after = before.showing("on", level=2).remembering(level=2)
    assert (before.state, before.attributes, before.memory) == ("off", {"level": 1}, {})
    assert (after.state, after.attributes, after.memory) == ("on", {"level": 2}, {"level": 2})


def test_showing_attributes_keeps_the_state():
    assert Condition("on").showing(level=3).state == "on"


def test_toggle_means_the_opposite_of_now():
    assert flipped(Condition("off"), "toggle") == "turn_on"
    assert flipped(Condition("on"), "toggle") == "turn_off"
    assert flipped(Condition("closed"), "toggle", on="open_cover", off="close_cover") == "open_cover"
    assert flipped(Condition("off"), "turn_off") == "turn_off"
