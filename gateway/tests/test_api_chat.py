"""What may be kept and shown of what a person said."""

import pytest

from wactorz_gateway.api.chat import shown


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("turn on the kitchen light", "turn on the kitchen light"),
        ("what happened in 2024?", "what happened in 2024?"),
        ("yes 2468", "yes ••••"),
        ("2468", "••••"),
        ("/approve ab12cd34ef 2468", "/approve ab12cd34ef ••••"),
        ("my password is hunter2!!", "my password is [password]"),
    ],
)
def test_a_message_is_shown_without_secrets_and_pins(said, kept):
    assert shown(said) == kept
