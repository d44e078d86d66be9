"""Watches every agent's heartbeat and acts on hangs."""
