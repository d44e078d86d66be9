"""Entry point."""

from wactorz_common.run import run
from wactorz_io_agent.agent import IoAgent
from wactorz_io_agent.settings import IoAgentSettings


def main() -> None:
    """Run the agent until it is stopped."""
    run(IoAgent, IoAgentSettings)


if __name__ == "__main__":
    main()
