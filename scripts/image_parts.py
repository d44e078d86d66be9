"""What goes into the image of a service: `image_parts.py SERVICE` prints its distribution and the libraries it needs.

Without a service it prints the name of every service that has an image. Standard library only: image builds call it.
"""

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENTRY_LIBRARIES = ("wactorz_demo_home", "wactorz_prepare")
"""Libraries that run as a service of their own."""


def services() -> dict[str, Path]:
    """Every service that has an image, by name, and its folder."""
    folders = [*sorted(path.parent for path in ROOT.glob("services/*/pyproject.toml")), ROOT / "gateway"]
    folders += [ROOT / "libs" / name for name in ENTRY_LIBRARIES]
    return {folder.name.removeprefix("wactorz_").replace("_", "-"): folder for folder in folders}


def parts(service: str) -> list[str]:
    """The distributions of this workspace that a service consists of, itself first."""
    found: list[str] = []
    waiting = [f"wactorz-{service}"]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            waiting += _needs(_folder(name))
    return found


def _needs(folder: Path) -> list[str]:
    sources = tomllib.loads((folder / "pyproject.toml").read_text()).get("tool", {}).get("uv", {}).get("sources", {})
    return [name for name, source in sources.items() if source.get("workspace")]


def _folder(distribution: str) -> Path:
    name = distribution.removeprefix("wactorz-")
    return services().get(name) or ROOT / "libs" / distribution.replace("-", "_")


def main(arguments: list[str]) -> int:
    """Print the names."""
    if arguments and arguments[0] not in services():
        print(f"There is no service called {arguments[0]!r}: name one of {', '.join(services())}", file=sys.stderr)
        return 1
    print("\n".join(parts(arguments[0]) if arguments else services()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
