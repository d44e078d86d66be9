"""Live data for browsers: what they may see, the log that they resume from, and MQTT through the gateway."""
