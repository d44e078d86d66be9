"""Which provider and model a request goes to, and who answers when that one cannot; pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from wactorz_common.contracts.llm import Completion
from wactorz_llm.german import phrase
from wactorz_llm.provider import Provider, Tier
from wactorz_llm.providers import split_model

_OWNERS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"claude"), "anthropic"),
    (re.compile(r"(?:chat)?gpt|o\d"), "openai"),
    (re.compile(r"gemini"), "gemini"),
)
"""Whose a bare model name is, when its provider is there."""

_TIERS: tuple[Tier, ...] = ("", "fast", "smart")


@dataclass(frozen=True)
class Route:
    """A model of a provider."""

    provider: Provider
    model: str

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.provider.name}:{self.model}" if self.model else self.provider.name


@dataclass(frozen=True)
class Plan:
    """Who is asked, in this order, and what a person should know about the choice."""

    routes: tuple[Route, ...]
    notice: str = ""


class Router:
    """Chooses among the providers, the preferred one first; `wanted` names the models that the settings give.

    `named` builds a provider that is not in the chain, for a model that is asked for by `provider:name`.
    """

    def __init__(
        self,
        providers: Iterable[Provider],
        wanted: Mapping[Tier, str] | None = None,
        named: Callable[[str], Provider] | None = None,
    ) -> None:
        self.providers = tuple(providers)
        self._wanted = {tier: name for tier, name in (wanted or {}).items() if name}
        self._build = named
        self.apart: dict[str, Provider] = {}
        """Providers beside the chain that were asked for by name."""

    @property
    def first(self) -> Provider:
        """The preferred provider."""
        return self.providers[0]

    @property
    def available(self) -> bool:
        """Whether there is any model at all."""
        return any(one.available for one in self.providers)

    def plan(self, request: Completion) -> Plan:
        """Where a request goes first, and who follows with a model of the same tier."""
        named = request.model or self._wanted.get(request.tier, "")
        route = self._named(named) if named else _of_tier(self.first, request.tier)
        if not route.provider.available:
            others = self._others(route.provider, request.tier)
            missing = split_model(named)[0] or route.provider.name
            told = phrase("{model} could not be asked, because {name} is not configured.", model=named, name=missing)
            return Plan(others or (route,), told if named else "")
        return Plan((route, *self._others(route.provider, request.tier)))

    def usual(self, request: Completion) -> Route:
        """Where a request goes that names no model itself."""
        return self.plan(request.model_copy(update={"model": ""})).routes[0]

    def all(self) -> tuple[Route, ...]:
        """Every model that the settings and the providers name, without doubles."""
        routes = [_of_tier(one, tier) for one in self.providers if one.available for tier in _TIERS]
        routes += [route for name in self._wanted.values() if (route := self._named(name)).provider.available]
        return tuple({route.name: route for route in routes}.values())

    def _others(self, provider: Provider, tier: Tier) -> tuple[Route, ...]:
        return tuple(_of_tier(one, tier) for one in self.providers if one is not provider and one.available)

    def _named(self, name: str) -> Route:
        """The route that a name means."""
        owner, model = split_model(name)
        by_name = {one.name: one for one in self.providers}
        if not owner:
            owner = next((owner for pattern, owner in _OWNERS if pattern.match(name) and owner in by_name), "")
            return Route(by_name.get(owner, self.first), name)
        return Route(by_name.get(owner) or self._apart(owner), model)

    def _apart(self, name: str) -> Provider:
        if name not in self.apart and self._build is not None:
            self.apart[name] = self._build(name)
        return self.apart.get(name, self.first)


def _of_tier(provider: Provider, tier: Tier) -> Route:
    return Route(provider, provider.models.get(tier) or provider.default_model)
