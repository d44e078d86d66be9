"""A Home Assistant client that reconnects and resynchronises, and a live picture of the states."""

from wactorz_home_assistant.client import HomeAssistant
from wactorz_home_assistant.errors import CallRefused, CallUncertain
from wactorz_home_assistant.live import LiveStates
from wactorz_home_assistant.model import Event, State
from wactorz_home_assistant.names import inline, is_or_are, join

__all__ = [
    "CallRefused",
    "CallUncertain",
    "Event",
    "HomeAssistant",
    "LiveStates",
    "State",
    "inline",
    "is_or_are",
    "join",
]
