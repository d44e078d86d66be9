"""The routes of the REST interface, one module for each matter."""

from fastapi import APIRouter

from wactorz_gateway.api import (
    actors,
    agents,
    approvals,
    audit,
    automations,
    backup,
    blobs,
    changes,
    chat,
    commands,
    compatible,
    cost,
    entityhistory,
    events,
    feed,
    halt,
    history,
    home,
    house,
    logs,
    manifests,
    memory,
    mqtt,
    page,
    people,
    plans,
    policies,
    publish,
    questions,
    rulepreview,
    rules,
    session,
    system,
    talking,
    tokens,
    topics,
    webhooks,
)

ROUTERS: tuple[APIRouter, ...] = (
    system.router, cost.router, compatible.router, talking.router, actors.router, agents.router, approvals.router,
    questions.router, chat.router, commands.router,
    home.router, house.router, rulepreview.router, rules.router, plans.router, automations.router, memory.router,
    webhooks.router, topics.router, publish.router, feed.router, history.router, manifests.router, policies.router,
    entityhistory.router, halt.router, audit.router, logs.router, backup.router, blobs.router, page.router,
    events.router, mqtt.router,
    session.router, people.router, tokens.router, changes.router,
)  # fmt: skip
"""All routers, in the order of the documentation."""
