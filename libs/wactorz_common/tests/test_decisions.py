import pytest

from wactorz_common.decisions import read_decision


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes!", True), ("ok.", True), ("go  ahead", True), ("Ja, bitte!", True), ("No", False), ("don't", False),
        ("Nein.", False), ("yes, turn it on", None), ("yes no", None), ("/rules", None), ("", None),
    ],
)  # fmt: skip
def test_yes_and_no(text, expected):
    assert read_decision(text) is expected
