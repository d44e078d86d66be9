"""Publishes Home Assistant's state changes on the bus."""
