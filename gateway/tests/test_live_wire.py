"""The server's end of a WebSocket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from wactorz_gateway.live.wire import binary_frame, text_frame, wire_of


@given(st.one_of(st.text(max_size=300), st.sampled_from(["x" * 125, "x" * 126, "x" * 65_535, "x" * 65_536])))
def test_frames_are_those_that_the_library_would_write(text):
    assert text_frame(text) == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
    assert binary_frame(text.encode()) == Frame(Opcode.BINARY, text.encode()).serialize(mask=False)


@pytest.mark.parametrize("scope", [{}, {"extensions": {}}])
def test_other_servers_have_no_wire(scope):
    assert wire_of(scope) is None
