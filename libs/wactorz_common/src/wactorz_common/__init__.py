"""The shared library: contracts, bus, store, durable tasks, agent."""
