"""Entry point."""

from wactorz_common.run import run
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.settings import GatewaySettings


def main() -> None:
    """Run the agent until it is stopped."""
    run(GatewayAgent, GatewaySettings)


if __name__ == "__main__":
    main()
