import pytest

from wactorz_common.decisions import read_decision, read_pin


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes!", True), ("ok.", True), ("go  ahead", True), ("Ja, bitte!", True), ("No", False), ("don't", False),
        ("Nein.", False), ("yes, turn it on", None), ("yes no", None), ("/rules", None), ("", None),
    ],
)  # fmt: skip
def test_yes_and_no(text, expected):
    assert read_decision(text) is expected


@pytest.mark.parametrize(
    ("text", "pin"),
    [("yes 2468", "2468"), ("Ja, PIN 97531.", "97531"), ("no 2468", ""), ("yes", ""), ("yes 12", ""), ("set 2468", "")],
)
def test_a_pin_after_a_yes(text, pin):
    assert read_pin(text) == pin
