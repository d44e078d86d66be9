"""Sizes of files and functions, beside what good code bases have: a compass, not a gate."""

import ast
import statistics
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Print one line per member."""
    print(f"{'member':<36} {'files':>5} {'lines':>6} {'median':>6} {'max':>5}   functions: median / p90 / max")
    for source in sorted(
        [*ROOT.glob("libs/*/src"), *ROOT.glob("services/*/src"), ROOT / "gateway/src", ROOT / "edge/src"]
    ):
        files = [path for path in source.rglob("*.py") if path.read_text().strip()]
        lines = [len(path.read_text().splitlines()) for path in files]
        functions = sorted(length for path in files for length in _functions(path)) or [0]
        p90 = functions[int(len(functions) * 0.9)]
        print(
            f"{source.parent.relative_to(ROOT)!s:<36} {len(files):>5} {sum(lines):>6} {statistics.median(lines):>6.0f} "
            f"{max(lines):>5}   {statistics.median(functions):.0f} / {p90} / {functions[-1]}"
        )


def _functions(path: Path) -> list[int]:
    tree = ast.parse(path.read_text())
    return [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


if __name__ == "__main__":
    main()
