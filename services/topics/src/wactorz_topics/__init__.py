"""Knows what is said on which topic, and what fits together."""
