from wactorz_testing.model_replies import Answer, Spent, ToolUse, argument_text, pieces, spent, tokens_of


def test_cost_is_counted_or_given():
    body = {"messages": [{"role": "user", "content": "x" * 400}]}
    cost = spent(Answer("Hello", tools=(ToolUse("act", {"x": 1}),)), body)
    assert cost.input_tokens > 100
    assert cost.output_tokens == tokens_of(5 + len('{"x": 1}'))
    given = {"input_tokens": 1, "output_tokens": 2, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 4}
    assert spent(Answer("Hello", usage=given), body) == Spent(1, 2, 3, 4)
    assert Spent(1, 2, 3, 4).prompt_tokens == 8


def test_pieces_are_tokens_where_a_rate_is_asked_for():
    assert pieces("abcdefgh", Answer(rate=30)) == ["abcd", "efgh"]
    assert pieces("abcdefgh", Answer()) == ["abcdefgh"]


def test_broken_arguments_are_written_as_given():
    assert argument_text(ToolUse("act", raw="{")) == "{"
    assert argument_text(ToolUse("act", {"a": "ü"})) == '{"a": "ü"}'
