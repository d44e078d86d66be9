"""Tells people things, where they want to be told, and keeps the vault of secrets."""
