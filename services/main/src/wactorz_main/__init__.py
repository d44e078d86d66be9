"""Understands what a person says and hands it to whoever can do it."""
