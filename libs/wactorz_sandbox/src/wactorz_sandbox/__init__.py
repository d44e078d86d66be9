"""Hosts generated agents in WebAssembly instances."""
