"""Entry point."""

from wactorz_common.run import run
from wactorz_home_assistant_agent.agent import HomeAssistantAgent
from wactorz_home_assistant_agent.settings import HomeAssistantAgentSettings


def main() -> None:
    """Run the agent until it is stopped."""
    run(HomeAssistantAgent, HomeAssistantAgentSettings)


if __name__ == "__main__":
    main()
