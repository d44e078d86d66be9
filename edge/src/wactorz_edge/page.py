"""Where the dashboard of a checkout is built to."""

from pathlib import Path

SOURCES = Path(__file__).resolve().parents[3] / "spa"


def folder(sources: Path = SOURCES) -> str:
    """The folder of the built dashboard, which need not be there yet; empty outside a checkout."""
    return str(sources / "dist") if (sources / "package.json").is_file() else ""
