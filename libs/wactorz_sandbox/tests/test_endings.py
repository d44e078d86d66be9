import pytest
from wasmtime import WasmtimeError

from wactorz_sandbox import endings


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("error\n    wasm trap: interrupt", "time"), ("wasm trap: call stack exhausted", "recursion"),
        ("Exited with i32 exit status 3", "exit"), ("memory minimum size exceeds memory limits", "memory"),
        ("wasm trap: wasm `unreachable` instruction executed", "trap"),
    ],
)  # fmt: skip
def test_a_trap_has_a_name(text, reason):
    assert endings.reason_of(WasmtimeError(text), 1, 64).reason == reason


def test_the_words_name_the_limit():
    assert "for 2 s" in str(endings.reason_of(WasmtimeError("wasm trap: interrupt"), 2, 64))
    assert "64 MB" in str(endings.reason_of(endings.error_of('{"error": "MemoryError"}'), 2, 64))


def test_an_error_of_the_guest_keeps_its_traceback():
    error = endings.error_of('{"error": "ValueError: x", "traceback": "Traceback ..."}')
    assert (str(error), error.traceback) == ("ValueError: x", "Traceback ...")
    assert str(endings.error_of("plain words")) == "plain words"
    assert str(endings.error_of('"cancelled"')) == "cancelled"


@pytest.mark.parametrize(
    "text",
    ['{"error": "' + "x" * 9_000_000 + '"}', "[" * 60_000, '{"error": {"a": 1}, "traceback": "' + "y" * 60_000 + '"}'],
)
def test_a_report_is_cut_to_what_a_person_reads(text):
    error = endings.error_of(text)
    assert len(str(error)) <= 1_000
    assert len(error.traceback) <= 4_000


def test_a_report_has_no_halves_of_characters():
    assert str(endings.error_of('{"error": "a\\ud800b"}')) == "a?b"
