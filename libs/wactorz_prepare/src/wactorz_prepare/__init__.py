"""Accounts, keys and tokens of an installation in containers, made before anything else starts."""
