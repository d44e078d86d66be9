"""REST, Server-Sent Events, WebSocket and metrics for people and programs."""
