"""Entry point."""

from wactorz_common.run import run
from wactorz_main.agent import MainAgent
from wactorz_main.settings import MainSettings


def main() -> None:
    """Run the agent until it is stopped."""
    run(MainAgent, MainSettings)


if __name__ == "__main__":
    main()
