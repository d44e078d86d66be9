"""The Python side of a generated agent: pure Python, for the WebAssembly guest and for plain CPython alike."""
