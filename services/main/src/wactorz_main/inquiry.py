"""Questions about what Wactorz itself did: why something is as it is, and who may change what."""

import re

from wactorz_common.briefing import relevant, words
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.home import Entity, House
from wactorz_common.contracts.policy import LIST_POLICIES, WHY, EntityPolicy, WhyQuery
from wactorz_common.contracts.rules import LIST_RULES, WHY_NOT, WhyNot
from wactorz_main import texts
from wactorz_main.errand import Errand
from wactorz_main.german import phrase
from wactorz_main.rule_sentences import chosen
from wactorz_main.timespans import window, without_times

_ENTITY_ID = re.compile(r"^[a-z0-9_]+\.[a-z0-9_]+$")
_WHY_SECONDS = 20.0
_MOST_NAMED = 3
_SENSORS = frozenset({"sensor", "binary_sensor", "event", "weather", "sun", "person", "device_tracker", "zone"})
_RULE_WORDS = frozenset({"rule", "regel"})
_NO_POLICY = "has no policy of its own"


class Inquiry:
    """Answers such questions for one message."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand

    async def why(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/why`, `/why ENTITY`, `/why NAME`, `/why rule ID [WHEN]`."""
        if not arguments:
            return await self.explain("")
        if any(word.casefold().strip("?.!") in _RULE_WORDS for word in arguments):
            return await self.why_not(" ".join(arguments))
        entity_id, problem = await self._entity(" ".join(arguments))
        return await self.explain(entity_id) if entity_id else self._errand.failed(problem)

    async def explain(self, entity_id: str) -> ChatAnswer:
        """The chain that led to the state of an entity; without one, of the newest actuation."""
        query = WhyQuery(entity_id=entity_id, language=self._errand.language or "en")
        report = await self._errand.ask(WHY, query, seconds=min(_WHY_SECONDS, self._errand.limit(_WHY_SECONDS)))
        return ChatAnswer(text=report.text)

    async def why_not(self, text: str) -> ChatAnswer:
        """Why a rule did not fire: the rule and the time are read from words."""
        errand = self._errand
        found = chosen((await errand.ask(LIST_RULES, Nothing())).rules, without_times(text))
        if len(found) != 1:
            names = (
                texts.either(
                    errand.language, [f"{one.rule_id} ({one.summary or one.task})" for one in found[:_MOST_NAMED]]
                )
                if found
                else ""
            )
            return errand.failed(errand.say("which_rule", names=names) if found else errand.say("no_such_rule"))
        zone = errand.agent.house.time_zone if errand.agent.house else ""
        start, end = window(text, errand.task.now(), zone) or (None, None)
        query = WhyNot(rule_id=found[0].rule_id, start=start, end=end)
        report = await errand.ask(WHY_NOT, query, seconds=min(_WHY_SECONDS, errand.limit(_WHY_SECONDS)))
        return ChatAnswer(text=report.text)

    async def policy(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/policy`, `/policy ENTITY`: only shown, for a text cannot prove who says it."""
        policies = (await self._errand.ask(LIST_POLICIES, Nothing())).policies
        if not arguments:
            return ChatAnswer(text=policies_text(policies))
        entity_id, problem = await self._entity(" ".join(arguments))
        if not entity_id:
            return self._errand.failed(problem)
        found = [one for one in policies if one.entity_id == entity_id]
        return ChatAnswer(text=policies_text(found) if found else _lone(entity_id))

    async def _entity(self, text: str) -> tuple[str, str]:
        """The entity that a text names, or why there is none; never both."""
        if _ENTITY_ID.match(text):
            return text, ""
        house = await self._errand.agent.known_house(self._errand.agent.settings.house_seconds)
        if house is None:
            return "", self._errand.say("not_yet_known")
        found = named(house, text)
        movable = [entity for entity in found if entity.domain not in _SENSORS]
        found = movable if len(movable) == 1 else found
        if len(found) == 1:
            return found[0].entity_id, ""
        near = found or list(relevant(house, text, _MOST_NAMED)) if words(text) else []
        labels = [f"{entity.name} ({entity.entity_id})" for entity in near[:_MOST_NAMED]]
        hint = self._errand.say("did_you_mean", names=texts.either(self._errand.language, labels)) if labels else ""
        unknown = "" if found else self._errand.say("unknown_name", name=text[:100])
        return "", " ".join(filter(None, (unknown, hint)))


_HOW = "Policies are changed with `wactorz policy set` or over REST."


def _lone(entity_id: str) -> str:
    return f"{entity_id} {phrase(_NO_POLICY)}. {phrase(_HOW)}"


def named(house: House, text: str) -> list[Entity]:
    """The entities that a text names: by their whole name, else by having all of its words."""
    plain = " ".join(text.casefold().split()).removeprefix("the ").rstrip(" ?.!")
    exact = [one for one in house.entities if plain in {name.casefold() for name in (one.name, *one.aliases)}]
    if exact:
        return exact
    areas = {area.area_id: area.name for area in house.areas}
    wanted = words(plain)
    return [
        one for one in house.entities
        if wanted and wanted <= words(" ".join((one.name, *one.aliases, areas.get(one.area_id or "", ""))))
    ]  # fmt: skip


def policies_text(policies: tuple[EntityPolicy, ...] | list[EntityPolicy]) -> str:
    """One line per policy."""
    if not policies:
        return f"{phrase('No entity has a policy of its own.')} {phrase(_HOW)}"
    return "\n".join([*(policy_line(one) for one in policies), phrase(_HOW)])


def policy_line(policy: EntityPolicy) -> str:
    """One policy in words."""
    risks = {"A": "may not be changed", "B": "changes happen at once", "C": "each change waits for a yes"}
    parts = [
        phrase(risks.get(policy.risk or "", "")),
        phrase("rules and models leave it alone {hours}", hours=policy.quiet_hours) if policy.quiet_hours else "",
        phrase("only {persons} may change it", persons=", ".join(policy.persons)) if policy.persons else "",
        phrase("a yes needs a PIN") if policy.pin else "",
    ]
    return f"- {policy.entity_id}: {'; '.join(filter(None, parts)) or phrase(_NO_POLICY)}"
