"""What goes into the image of a service: `image_parts.py SERVICE` prints its distribution and the libraries it needs.

Without a service it prints the name of every service that has an image, with `--module SERVICE` the module to run.
Standard library only: image builds call it.
"""

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENTRY_LIBRARIES = ("wactorz_demo_home", "wactorz_docker_proxy", "wactorz_prepare")
"""Libraries that run as a service of their own."""

NODE, NODE_MODULE = "node", "wactorz_edge.guest_node"
"""The node runner as it runs in a container."""


def services() -> dict[str, Path]:
    """Every service that has an image, by name, and its folder."""
    folders = [*sorted(path.parent for path in ROOT.glob("services/*/pyproject.toml")), ROOT / "gateway"]
    folders += [ROOT / "libs" / name for name in ENTRY_LIBRARIES]
    found = {folder.name.removeprefix("wactorz_").replace("_", "-"): folder for folder in folders}
    return {**found, NODE: ROOT / "edge"}


def parts(service: str) -> list[str]:
    """The distributions of this workspace that a service consists of, itself first."""
    found: list[str] = []
    waiting = ["wactorz-edge" if service == NODE else f"wactorz-{service}"]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            waiting += _needs(_folder(name))
    return found


def module(service: str) -> str:
    """What `python -m` runs."""
    return NODE_MODULE if service == NODE else f"wactorz_{service.replace('-', '_')}"


def _needs(folder: Path) -> list[str]:
    sources = tomllib.loads((folder / "pyproject.toml").read_text()).get("tool", {}).get("uv", {}).get("sources", {})
    return [name for name, source in sources.items() if source.get("workspace")]


def _folder(distribution: str) -> Path:
    name = distribution.removeprefix("wactorz-")
    return ROOT / "edge" if name == "edge" else services().get(name, ROOT / "libs" / distribution.replace("-", "_"))


def main(arguments: list[str]) -> int:
    """Print what was asked for."""
    service = arguments[-1] if arguments else ""
    if service and service not in services():
        print(f"There is no service called {service!r}: name one of {', '.join(services())}", file=sys.stderr)
        return 1
    if arguments[:1] == ["--module"]:
        print(module(service))
    else:
        print("\n".join(parts(service) if service else services()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
