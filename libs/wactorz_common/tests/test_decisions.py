import pytest

from wactorz_common.decisions import holds_pin, read_decision, read_pin


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


@pytest.mark.parametrize(
    ("text", "nothing_asked", "asked"),
    [
        ("/approve ab12 2468", True, True),
        ("/Approve ab12 24 68", True, True),
        ("@chef /approve ab12 2468", True, True),
        ("/approve 2468", True, True),
        ("/deny ab12 2468", True, True),
        ("yes 2468", True, True),
        ("nein, PIN 2468", True, True),
        ("PIN 2468", True, True),
        ("2468", False, True),
        ("@chef yes 2468", False, True),
        ("/approve 1234567890123456", False, False),
        ("/approve ab12", False, False),
        ("yes", False, False),
        ("set the heating to 21", False, False),
        ("the bill of 2024 please", False, False),
    ],
)
def test_where_a_pin_seems_to_be(text, nothing_asked, asked):
    assert holds_pin(text) is nothing_asked
    assert holds_pin(text, asked=True) is asked
