"""What CI runs, in which order and what beside what. See CONTRIBUTING.md."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from lanes import Lanes, Step, table

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / ".artifacts" / "ci"
RIGS = Path(os.environ.get("WACTORZ_RIGS", "/nonexistent"))
HOME_ASSISTANT = os.environ.get("WACTORZ_HA_DIR", "")
DOCKER = "/usr/bin/docker" if Path("/usr/bin/docker").exists() or RIGS.exists() else "docker"
ENGINE_PID = Path("/var/run/docker.pid")
TAG = "test"
MOST_SECOND_RUNS = 15
"""When more tests failed than this, it is not the noise of the machine."""


def suite(name: str, recipe: str, *options: str, **env: str) -> Step:
    """A recipe that runs tests, which remembers what failed."""
    failures = LOGS / f"{recipe}.failed"
    failures.unlink(missing_ok=True)
    return Step(name, ["./just", recipe, f"--failed-to={failures}", *options], env, failures=failures)


def preparation() -> list[Step]:
    """What several lanes need, brought before any of them: no two installers ever meet."""
    steps = [
        Step("tools and programs", ["./just", "mosquitto", "chromium", "spa"], tries=2, minutes=15),
        Step("the sandbox", [sys.executable, "-m", "wactorz_sandbox.build"], tries=2, minutes=15),
    ]
    if RIGS.exists():
        steps.append(Step("a Docker engine", [str(RIGS / "docker-engine")], tries=2, minutes=15))
    return steps


def lanes() -> list[list[Step]]:
    """The first lane keeps the machine busy; the others mostly wait."""
    busy = [
        Step("checks", ["./just", "fmt-check", "lint", "types", "imports", "services", "gen-check"]),
        suite("tests", "test", "-n2", "--dist=loadfile", "--cov=wactorz_common", "--cov-report="),
        Step("coverage", [sys.executable, "-m", "coverage", "report", "--skip-covered", "--fail-under=90"]),
        suite("dashboard in a browser", "test-browser"),
        Step("pictures of the dashboard", ["./just", "screenshots"], tries=2),
    ]
    system = [suite("whole system", "test-e2e")]
    if HOME_ASSISTANT:
        install = [sys.executable, "-m", "wactorz_testing.home_assistant", HOME_ASSISTANT]
        system.insert(0, Step("a real Home Assistant", install, tries=2, minutes=20))
    containers = [
        Step("images", ["./just", "images"], {"DOCKER": DOCKER, "WACTORZ_TAG": TAG}, tries=2, needed=True),
        suite("system in containers", "test-compose", WACTORZ_TEST_IMAGES=TAG),
    ]
    if RIGS.exists():
        containers.insert(0, Step("base images", [str(RIGS / "base-images")], tries=2, needed=True))
    return [busy, system, containers if shutil.which(DOCKER) or RIGS.exists() else []]


def failed_tests(step: Step) -> list[tuple[str, str]]:
    """The tests of a step that failed, each with whether it is live."""
    if step.failures is None or not step.failures.exists():
        return []
    return [(kind, name) for kind, name in (line.split(" ", 1) for line in step.failures.read_text().splitlines())]


def second_run(step: Step) -> Step | None:
    """The modules of what failed in a step once more, if all of it are live tests: others have no excuse."""
    failed = failed_tests(step)
    if step.failures is None or step.code != 1 or not 0 < len(failed) <= MOST_SECOND_RUNS:
        return None
    if any(kind != "live" for kind, _ in failed):
        return None
    first = step.failures.rename(step.failures.with_suffix(".first"))
    alone = [part for part in step.command if part != "-n2" and not part.startswith(("--dist", "--cov"))]
    return Step(f"{step.name}, what failed alone", [*alone, f"--again={first}"], step.env, failures=step.failures)


def run(runner: Lanes) -> bool:
    """Prepare, run the lanes, then once more what a busy machine may have failed; whether all of it succeeded."""
    first, side_by_side = preparation(), lanes()
    ready = runner.run(first)
    good = ready and runner.run(*side_by_side)
    steps = [*first, *(step for lane in side_by_side for step in lane)]
    again: dict[str, Step] = {}
    noise: list[str] = []
    for step in steps if ready and not good else ():
        names = [name for _, name in failed_tests(step)]
        repeated = second_run(step)
        if repeated is not None:
            again[step.name] = repeated
            if runner.run([repeated]):
                noise += names
    print("\n" + "\n".join(table([*steps, *again.values()])), flush=True)
    if noise:
        print("\nPassed only when they were run once more, alone: repair them.\n" + "\n".join(noise), flush=True)
    return all(step.ok or (step.name in again and again[step.name].ok) for step in steps)


def engine() -> int:
    """The process of the Docker engine that runs, or 0."""
    try:
        pid = int(ENGINE_PID.read_text())
        return pid if Path(f"/proc/{pid}/comm").read_text().strip() == "dockerd" else 0
    except (OSError, ValueError):
        return 0


def end_engine(before: int) -> None:
    """End the engine, if it was started for these tests."""
    pid = engine()
    if before or not pid:
        return
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.2)


def interrupted(number: int, _: FrameType | None) -> None:
    """End as a signal asks; what runs is ended on the way."""
    sys.exit(128 + number)


def main(arguments: Sequence[str]) -> int:
    """Run everything; `--list` only says what that is."""
    os.chdir(ROOT)
    if "--list" in arguments:
        for number, lane in enumerate([preparation(), *lanes()]):
            print(f"{number or 'first'}: {', '.join(step.name for step in lane)}")
        return 0
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupted)
    began, before = time.monotonic(), engine()
    runner = Lanes(LOGS, lambda line: print(line, flush=True))
    try:
        good = run(runner)
    finally:
        runner.stop()
        end_engine(before)
    print(f"\n{'all is well' if good else 'FAILED'} after {(time.monotonic() - began) / 60:.1f} minutes", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
