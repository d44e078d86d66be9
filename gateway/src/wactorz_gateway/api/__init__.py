"""The routes of the REST interface, one module for each matter."""

from fastapi import APIRouter

from wactorz_gateway.api import (
    actors,
    agents,
    approvals,
    audit,
    automations,
    backup,
    chat,
    commands,
    cost,
    halt,
    home,
    logs,
    house,
    memory,
    page,
    plans,
    policies,
    rulepreview,
    rules,
    system,
    topics,
    webhooks,
)

ROUTERS: tuple[APIRouter, ...] = (
    system.router, cost.router, actors.router, agents.router, approvals.router, chat.router, commands.router,
    home.router, house.router, rulepreview.router, rules.router, plans.router, automations.router, memory.router,
    webhooks.router, topics.router, policies.router, halt.router, audit.router, logs.router, backup.router, page.router,
)  # fmt: skip
"""All routers, in the order of the documentation."""
