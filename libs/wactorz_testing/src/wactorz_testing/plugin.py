"""The pytest plug-in: makes the fixtures of this package known to every test."""

from wactorz_testing.broker import broker
from wactorz_testing.home_assistant import real_home_assistant
from wactorz_testing.mortal_home import mortal_home_assistant
from wactorz_testing.stores import store

__all__ = ["broker", "mortal_home_assistant", "real_home_assistant", "store"]
