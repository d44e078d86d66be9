"""A Home Assistant client that reconnects and resynchronises, and a live picture of the states."""

from wactorz_home_assistant.client import HomeAssistant
from wactorz_home_assistant.errors import CallRefused, CallUncertain
from wactorz_home_assistant.live import LiveStates
from wactorz_home_assistant.model import Event, State
from wactorz_home_assistant.names import inline, is_or_are, join
from wactorz_home_assistant.registries import REGISTRY_EVENTS, Registries, Wanted, read_registries

__all__ = [
    "REGISTRY_EVENTS",
    "CallRefused",
    "CallUncertain",
    "Event",
    "HomeAssistant",
    "LiveStates",
    "Registries",
    "State",
    "Wanted",
    "inline",
    "is_or_are",
    "join",
    "read_registries",
]
