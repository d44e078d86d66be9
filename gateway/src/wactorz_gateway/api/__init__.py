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
    home,
    logs,
    page,
    policies,
    rules,
    system,
)

ROUTERS: tuple[APIRouter, ...] = (
    system.router, actors.router, agents.router, approvals.router, chat.router, home.router, rules.router,
    automations.router, policies.router, audit.router, logs.router, backup.router,
    page.router,
)  # fmt: skip
"""All routers, in the order of the documentation."""
