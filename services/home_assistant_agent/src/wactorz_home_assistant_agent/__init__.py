"""Answers questions about the home."""
