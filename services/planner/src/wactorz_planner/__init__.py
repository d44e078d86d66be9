"""Keeps typed rules and runs them."""
