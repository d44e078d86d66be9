"""Fixtures that every test may use."""

import pytest

pytest_plugins = ["wactorz_testing.plugin"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """How much a test that makes up its own cases shall try."""
    parser.addoption("--cases", type=int, default=1_000, help="requests that the test of all routes makes, in all")


@pytest.fixture(scope="session")
def cases(request: pytest.FixtureRequest) -> int:
    """How many requests the test of all routes makes."""
    return int(request.config.getoption("--cases"))
