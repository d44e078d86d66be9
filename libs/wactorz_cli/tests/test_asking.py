import pytest

from wactorz_cli import asking
from wactorz_cli.errors import CommandFailed


def test_a_pin_is_typed_unseen_and_needs_somebody_to_type_it(monkeypatch):
    monkeypatch.setattr(asking, "at_terminal", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: " 2468 ")
    assert asking.ask_pin() == "2468"
    monkeypatch.setattr(asking, "at_terminal", lambda: False)
    with pytest.raises(CommandFailed, match="--pin"):
        asking.ask_pin()


@pytest.mark.parametrize(("typed", "said"), [("yes", True), ("Ja", True), ("no", False), ("", False), ("maybe", False)])
def test_only_a_yes_is_a_yes(monkeypatch, typed, said):
    monkeypatch.setattr("builtins.input", lambda _question: typed)
    assert asking.ask_yes("Shall I?") is said


def test_an_end_of_input_is_a_no(monkeypatch):
    def end(_question):
        raise EOFError

    monkeypatch.setattr("builtins.input", end)
    assert asking.ask_yes("Shall I?") is False
