from wactorz_sandbox.guest import trace
from wactorz_sandbox.guest.port import AgentError
from wactorz_sandbox.guest.program import compile_source


def fail(source):
    trace.remember(source)
    try:
        exec(compile_source(source), {})
    except Exception as error:
        return error


def test_the_agents_own_lines_are_quoted_and_no_others():
    text = trace.of(fail("def inner():\n    raise ValueError('odd')\ninner()\n"))
    assert 'File "<agent>", line 2, in inner' in text
    assert "raise ValueError('odd')" in text
    assert __file__ not in text


def test_an_error_is_one_line():
    assert trace.brief(AgentError("not granted")) == "AgentError: not granted"
    assert trace.brief(MemoryError()) == "MemoryError: the memory of this agent is used up"
    assert "SyntaxError" in trace.brief(fail("def x(:"))


def test_a_long_traceback_keeps_its_end():
    assert trace.of(ValueError("x" * 10_000 + "end")).strip().endswith("end")
    assert len(trace.of(ValueError("x" * 10_000))) <= 4_000
