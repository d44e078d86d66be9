"""Entry point."""

from wactorz_common.run import run
from wactorz_home_assistant_state_bridge.agent import HomeAssistantStateBridgeAgent
from wactorz_home_assistant_state_bridge.settings import HomeAssistantStateBridgeSettings


def main() -> None:
    """Run the agent until it is stopped."""
    run(HomeAssistantStateBridgeAgent, HomeAssistantStateBridgeSettings)


if __name__ == "__main__":
    main()
