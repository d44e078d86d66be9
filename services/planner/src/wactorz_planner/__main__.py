"""Entry point."""

from wactorz_common.run import run
from wactorz_planner.agent import PlannerAgent
from wactorz_planner.settings import PlannerSettings


def main() -> None:
    """Run the agent until it is stopped."""
    run(PlannerAgent, PlannerSettings)


if __name__ == "__main__":
    main()
