"""Entry point."""

from wactorz_common.run import run
from wactorz_home_assistant_map_agent.agent import HomeAssistantMapAgent
from wactorz_home_assistant_map_agent.settings import HomeAssistantMapAgentSettings


def main() -> None:
    """Run the agent until it is stopped."""
    run(HomeAssistantMapAgent, HomeAssistantMapAgentSettings)


if __name__ == "__main__":
    main()
