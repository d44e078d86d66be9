"""Entry point."""

from wactorz_common.run import run
from wactorz_monitor.agent import MonitorAgent
from wactorz_monitor.settings import MonitorSettings


def main() -> None:
    """Run the agent until it is stopped."""
    run(MonitorAgent, MonitorSettings)


if __name__ == "__main__":
    main()
