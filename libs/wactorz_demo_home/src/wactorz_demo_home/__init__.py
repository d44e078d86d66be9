"""A simulated house that speaks Home Assistant's REST and WebSocket API."""
