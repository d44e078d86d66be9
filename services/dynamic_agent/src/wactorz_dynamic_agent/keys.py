"""How what an agent's code keeps is told from what the library keeps for it."""

KEPT = "own/"
"""Prefix of the keys of the agent's code."""
