"""`./just bench [part ...]`: run the measurements and print them beside their bars."""

import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from tests.bench import (
    browsers,
    containers,
    exchange,
    guests,
    house,
    llm_ledger,
    llm_providers,
    llm_streams,
    monitor,
    registry,
    rest_reads,
    rules_scale,
    sentences,
    system,
)
from tests.bench.report import Figure
from tests.browser import figures as window
from wactorz_testing.broker import TestBroker, free_port

PARTS: dict[str, Callable[[TestBroker, Path], Awaitable[list[Figure]]]] = {
    "exchange": exchange.measure, "system": system.measure, "monitor": monitor.measure,
    "guests": guests.measure, "containers": containers.measure, "registry": registry.measure,
    "house": house.measure, "sentences": sentences.measure, "rules": rules_scale.measure,
    "rest_reads": rest_reads.measure, "llm_streams": llm_streams.measure, "llm_ledger": llm_ledger.measure, "llm_providers": llm_providers.measure,
    "window": window.measure,
    "browsers": browsers.measure,
}  # fmt: skip


def main() -> int:
    """Run the parts that were named, or all."""
    names = sys.argv[1:] or list(PARTS)
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"No such part: {', '.join(unknown)}. There are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    for name in names:
        with tempfile.TemporaryDirectory(prefix="wactorz-bench-") as folder:
            root = Path(folder)
            broker = TestBroker(root, free_port())
            broker.start()
            try:
                print(f"\n{name}")
                for figure in uvloop.run(_collect(name, broker, root)):
                    print(f"  {figure.line()}", flush=True)
            finally:
                broker.end()
    return 0


async def _collect(name: str, broker: TestBroker, folder: Path) -> list[Figure]:
    return await PARTS[name](broker, folder)


if __name__ == "__main__":
    sys.exit(main())
