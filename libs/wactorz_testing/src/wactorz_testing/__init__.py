"""Test fixtures, provider simulators and an independent MQTT probe; never imported from src."""
