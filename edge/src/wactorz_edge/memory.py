"""How much memory the whole system takes: `python -m wactorz_edge.memory`; pages that are shared count once."""

import sys

from wactorz_edge import procfs, record
from wactorz_edge.layout import Layout, launcher_pid


def measure(layout: Layout) -> dict[str, float]:
    """Proportional set size in MiB by process name, launcher, runner and children of services included."""
    known = record.read(layout.record_file)
    pids = {"launcher": launcher_pid(layout)}
    if known is not None:
        pids["runner"] = known.runner.get("pid", 0)
        pids.update({name: item.pid for name, item in known.processes.items()})
    return {name: round(_with_children(name, pid), 1) for name, pid in pids.items() if pid}


def _with_children(name: str, pid: int) -> float:
    """A service's workers count as its own; those of launcher, runner and fork server are listed themselves."""
    own = procfs.memory_mb(pid)
    if name in ("launcher", "runner", "fork-server"):
        return own
    return own + sum(_with_children("", child) for child in procfs.children(pid))


def main() -> int:
    """Print one line per process and the sum."""
    found = measure(Layout.from_environment())
    for name, size in sorted(found.items(), key=lambda item: -item[1]):
        sys.stdout.write(f"{name:<28} {size:7.1f} MiB\n")
    sys.stdout.write(f"{'all':<28} {sum(found.values()):7.1f} MiB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
