"""Entry point."""

from wactorz_common.run import run
from wactorz_llm.agent import LlmAgent
from wactorz_llm.settings import LlmSettings


def main() -> None:
    """Run the agent until it is stopped."""
    run(LlmAgent, LlmSettings)


if __name__ == "__main__":
    main()
