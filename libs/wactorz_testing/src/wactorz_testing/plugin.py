"""The pytest plug-in: makes the fixtures of this package known to every test."""

from wactorz_testing.broker import broker

__all__ = ["broker"]
