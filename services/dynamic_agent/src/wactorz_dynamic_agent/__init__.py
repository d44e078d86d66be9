"""Hosts spawned agents: generated code in WebAssembly instances or on CPython, and personas."""
