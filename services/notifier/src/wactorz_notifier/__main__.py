"""Entry point."""

from wactorz_common.run import run
from wactorz_notifier.agent import NotifierAgent
from wactorz_notifier.settings import NotifierSettings


def main() -> None:
    """Run the agent until it is stopped."""
    run(NotifierAgent, NotifierSettings)


if __name__ == "__main__":
    main()
