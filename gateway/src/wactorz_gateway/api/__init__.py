"""The routes of the REST interface, one module for each matter."""

from fastapi import APIRouter

from wactorz_gateway.api import actors, agents, approvals, backup, chat, home, logs, page, system

ROUTERS: tuple[APIRouter, ...] = (
    system.router, actors.router, agents.router, approvals.router, chat.router, home.router, logs.router, backup.router,
    page.router,
)  # fmt: skip
"""All routers, in the order of the documentation."""
