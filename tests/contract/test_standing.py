"""What may be said in a chat, held against the routes that do the same: neither lets through what the other refuses."""

import pytest

from wactorz_common.contracts.chat import Standing
from wactorz_common.standing import suffices
from wactorz_gateway.accounts.rights import ROUTES, TALKS
from wactorz_gateway.accounts.roles import covers
from wactorz_main.allowed import RIGHTS

SAME = {
    "agents": ("DELETE /api/agents/{name}", "POST /api/agents/{name}/stop", "POST /api/agents/{name}/migrate"),
    "machines": ("DELETE /api/agents/{name}",),
    "places": ("POST /api/webhooks", "DELETE /api/webhooks/{name}", "POST /api/webhooks/{name}/test"),
    "budgets": ("POST /api/cost/limit",),
    "rules": ("POST /api/rules", "DELETE /api/rules/{rule_id}", "POST /api/backtests", "POST /api/automations",
              "DELETE /api/automations/{automation}", "DELETE /api/rules/{rule_id}/grant"),
    "plans": ("POST /api/plans/{plan_id}/{decision}", "DELETE /api/plans"),
    "forgetting": ("DELETE /api/memory", "DELETE /api/memory/{key}"),
    "approvals": ("POST /api/approvals/{approval_id}",),
}  # fmt: skip
"""The routes that do what a right of the chat is about."""

ONLY_SAID = {"secrets", "notices", "release", "making"}
"""What no route does."""

STANDINGS: tuple[Standing, ...] = ("talk", "user", "admin", "owner")


def test_every_right_is_held_against_its_routes() -> None:
    assert set(SAME) | ONLY_SAID == set(RIGHTS)
    assert not set(SAME) & ONLY_SAID


@pytest.mark.parametrize(("right", "route"), [(right, route) for right, routes in SAME.items() for route in routes])
def test_who_may_say_it_may_call_it_and_the_other_way_round(right: str, route: str) -> None:
    least, path = ROUTES[route], route.partition(" ")[2]
    for standing in STANDINGS:
        called = path in TALKS if standing == "talk" else covers(standing, least)
        assert suffices(standing, RIGHTS[right].least) == called, standing


def test_talking_itself_is_for_everybody_who_may_say_something() -> None:
    assert "/api/chat" in TALKS
    assert ROUTES["POST /api/chat"] == "user"
