"""Entry point."""

from wactorz_common.run import run
from wactorz_home_assistant_actuator.agent import HomeAssistantActuatorAgent
from wactorz_home_assistant_actuator.settings import HomeAssistantActuatorSettings


def main() -> None:
    """Run the agent until it is stopped."""
    run(HomeAssistantActuatorAgent, HomeAssistantActuatorSettings)


if __name__ == "__main__":
    main()
