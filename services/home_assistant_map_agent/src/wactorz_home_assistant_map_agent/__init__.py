"""Keeps the live registry of the house."""
