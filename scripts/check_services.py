"""Check that every service folder has the shape of the house; print each departure and fail when there is one."""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = {"pyproject.toml", "README.md", "src", "tests"}
REQUIRED = ("__init__.py", "__main__.py", "agent.py", "settings.py", "py.typed")
UNTESTED = {"__init__", "__main__", "settings", "errors"}
FORBIDDEN_NAMES = {"utils", "util", "helper", "helpers", "manager", "common", "misc"}
TOPIC_ROOTS = ("agents/", "nodes/", "io/", "system/", "homeassistant/", "custom/")


def problems(folder: Path) -> Iterator[str]:
    """Every departure of one folder, as a sentence."""
    package = folder / "src" / f"wactorz_{folder.name}"
    extra = {path.name for path in folder.iterdir() if not path.name.startswith((".", "__"))} - ALLOWED
    yield from (f"{name} does not belong into a service folder" for name in sorted(extra))
    yield from (f"{name} is missing" for name in REQUIRED if not (package / name).exists())
    yield from _metadata(folder, package)
    for module in sorted(package.rglob("*.py")):
        yield from _module(folder, package, module)


def _metadata(folder: Path, package: Path) -> Iterator[str]:
    if not (folder / "README.md").exists():
        yield "README.md is missing"
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    if project["project"]["name"] != package.name.replace("_", "-"):
        yield f"the distribution must be called {package.name.replace('_', '-')}"
    tools = set(project.get("tool", {})) - {"uv"}
    if tools:
        yield f"tool settings belong into the root: {', '.join(sorted(tools))}"


def _module(folder: Path, package: Path, module: Path) -> Iterator[str]:
    name, text = module.relative_to(package), module.read_text()
    if module.stem in FORBIDDEN_NAMES:
        yield f"{name}: name it after its matter"
    if module.stem not in UNTESTED and not any((folder / "tests" / test).exists() for test in tests_of(package, name)):
        yield f"{name} has no tests/{tests_of(package, name)[0]}"
    for root in TOPIC_ROOTS:
        if f'"{root}' in text or f"'{root}" in text:
            yield f"{name}: the topic beginning with {root} belongs into the contracts"


def tests_of(package: Path, module: Path) -> list[str]:
    """Test files that may stand for a module; the plain name only where no module further up has it."""
    named = "_".join(("test", *module.with_suffix("").parts)) + ".py"
    plain = f"test_{module.stem}.py"
    is_free = sum(1 for _ in package.rglob(module.name)) == 1
    return list(dict.fromkeys([named, plain])) if is_free else [named]


def unlisted(folders: list[Path]) -> Iterator[str]:
    """Packages that the import contracts do not look at."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = set(project["tool"]["importlinter"]["root_packages"])
    packages = {f"wactorz_{folder.name}" for folder in folders}
    packages |= {path.parent.name for path in ROOT.glob("libs/*/src/*/__init__.py")}
    yield from (f"{name} is not among the root packages of the import contracts" for name in sorted(packages - listed))


def main() -> int:
    """Check all folders."""
    folders = [path.parent for path in sorted(ROOT.glob("services/*/pyproject.toml"))]
    found = [f"services/{folder.name}: {problem}" for folder in folders for problem in problems(folder)]
    found += unlisted([*folders, ROOT / "gateway", ROOT / "edge"])
    print("\n".join(found) or f"{len(folders)} services keep the shape of the house", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
