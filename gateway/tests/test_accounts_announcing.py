"""How the first owner is made is said where it is not kept."""

import io
import os
from pathlib import Path

from wactorz_gateway.accounts.announcing import announce

CODE, PLACE = "7K2M-QX4D-9TFA", Path("/state/secrets/setup-code")


def test_a_terminal_or_a_pipe_is_told_the_code():
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as out:
        announce(CODE, PLACE, out)
    with os.fdopen(reading) as back:
        assert CODE in back.read()
    memory = io.StringIO()
    announce(CODE, PLACE, memory)
    assert CODE in memory.getvalue()


def test_a_log_file_is_told_where_it_is(tmp_path):
    with (tmp_path / "log").open("w") as out:
        announce(CODE, PLACE, out)
    text = (tmp_path / "log").read_text()
    assert CODE not in text
    assert str(PLACE) in text
