import pytest

from wactorz_io_agent import stopping


@pytest.mark.parametrize("text", ["/stop", " /stop ", "/STOP()", "/halt", "/stop!"])
def test_a_bare_command(text):
    assert stopping.is_command(text)
    assert not stopping.is_word(text)


@pytest.mark.parametrize("text", ["stop", "Stop!", "stopp", "HALT", "abbrechen.", "please stop", "hör auf"])
def test_words(text):
    assert stopping.is_word(text)
    assert not stopping.is_command(text)


@pytest.mark.parametrize("text", ["/stop all", "/stop cam", "stop everything", "stop the music", "stop all", "no", ""])
def test_what_means_something_else(text):
    assert not stopping.is_word(text)
    assert not stopping.is_command(text)


def test_what_is_said():
    assert (stopping.answer("stopp", busy=True), stopping.answer("/stop", busy=True)) == ("Gestoppt.", "Stopped.")
    assert "/stop all" in stopping.answer("/stop", busy=False)
    assert "weather" in stopping.given_up("weather", handed_over=True)
    assert "Nothing was done" in stopping.given_up("weather", handed_over=False)
