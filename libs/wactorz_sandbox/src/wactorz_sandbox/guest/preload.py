"""Imports the standard library while the component is built: what is not imported then is not there later."""

import contextlib
import importlib
import pkgutil
import sys

_SKIP = {
    "antigravity", "this", "idlelib", "test", "turtle", "turtledemo", "tkinter", "lib2to3", "ensurepip", "venv", "pip",
    "pty", "tty", "curses", "webbrowser", "_pyrepl", "ctypes", "multiprocessing", "_android_support", "_ios_support",
    "_apple_support", "_osx_support", "_aix_support", "pydoc", "pydoc_data", "nturl2path", "winreg", "msvcrt",
}  # fmt: skip
_WITH_PARTS = (
    "encodings", "json", "email", "concurrent.futures", "asyncio", "importlib", "importlib.metadata",
    "importlib.resources", "xml.etree", "xml.dom", "xml.sax", "urllib", "http", "html", "logging", "collections",
    "zoneinfo", "wsgiref", "unittest", "xmlrpc", "string", "compression",
)  # fmt: skip


def _take(name: str) -> None:
    with contextlib.suppress(BaseException):  # what the platform does not have is not missed
        importlib.import_module(name)


def run() -> None:
    """Import all that agents may import."""
    for name in sorted(sys.stdlib_module_names - _SKIP):
        _take(name)
    for package in _WITH_PARTS:
        for part in pkgutil.iter_modules(getattr(sys.modules.get(package), "__path__", ())):
            if part.name != "__main__":
                _take(f"{package}.{part.name}")
