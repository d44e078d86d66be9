"""Entry point."""

from wactorz_common.run import run
from wactorz_topics.agent import TopicsAgent
from wactorz_topics.settings import TopicsSettings


def main() -> None:
    """Run the agent until it is stopped."""
    run(TopicsAgent, TopicsSettings)


if __name__ == "__main__":
    main()
