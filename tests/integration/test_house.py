"""Following the registry of the house on a real broker."""

import asyncio

import pytest

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.home import GET_HOUSE, Entity, House, HousePart, HouseQuery
from wactorz_common.contracts.rules import DELETE_RULE, READ_RULE, RuleRef, RuleResult, RuleSentence, SentenceReading
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import HouseUnknown, Refused, TaskFailed
from wactorz_common.house import HouseFollower, PackedHouse
from wactorz_common.settings import AgentSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

pytestmark = pytest.mark.broker

AWAY = "Home Assistant at http://ha.local:8123 cannot be reached: connection refused"


class Map(Agent[AgentSettings]):
    name = "home-assistant-map-agent"
    description = "A house of one lamp"

    @handles(GET_HOUSE)
    async def get_house(self, query: HouseQuery, _task: Task) -> HousePart:
        return PackedHouse.of(House(version=1, entities=(Entity(entity_id="light.lamp", name="Lamp"),))).part(query)


class LostMap(Agent[AgentSettings]):
    name = "home-assistant-map-agent"
    description = "A house that is out of reach"

    @handles(GET_HOUSE)
    async def get_house(self, _query: HouseQuery, _task: Task) -> HousePart:
        raise Refused(AWAY)


class Follower(HouseFollower[AgentSettings]):
    name = "follower"
    description = "Wants to know the house"

    @handles(READ_RULE)
    async def read(self, _request: RuleSentence, _task: Task) -> SentenceReading:
        await self.needed_house(0.05)
        return SentenceReading()

    @handles(DELETE_RULE)
    async def delete(self, request: RuleRef, _task: Task) -> RuleResult:
        await self.needed_house(0.05)
        raise Refused(f"There is no rule {request.rule_id}")


class Asker(Agent[AgentSettings]):
    name = "asker"
    description = "Asks who wants to know the house"


async def test_a_question_into_the_void_is_soon_asked_again(broker: TestBroker, tmp_path) -> None:
    async with running(Follower, broker, tmp_path) as follower:
        await asyncio.sleep(0.3)
        async with running(Map, broker, tmp_path):
            house = await follower.known_house(3)
    assert house is not None
    assert [entity.entity_id for entity in house.entities] == ["light.lamp"]


async def test_why_the_house_is_not_known_is_remembered(broker: TestBroker, tmp_path) -> None:
    async with running(LostMap, broker, tmp_path), running(Follower, broker, tmp_path) as follower:
        assert await follower.known_house(1) is None
        assert follower.house_problem == AWAY
        with pytest.raises(Refused, match="cannot be reached") as told:
            await follower.needed_house(0.05)
        assert not isinstance(told.value, HouseUnknown)


async def test_a_house_that_is_not_known_yet_is_told_as_such(broker: TestBroker, tmp_path) -> None:
    async with running(Follower, broker, tmp_path), running(Asker, broker, tmp_path) as asker:
        with pytest.raises(TaskFailed, match="getting to know") as early:
            await asker.ask(READ_RULE, RuleSentence(task="at 7"), to="follower")
        assert early.value.context["code"] == HouseUnknown.code
        end = await asker.submit(DELETE_RULE, RuleRef(rule_id="1"), to="follower")
        assert (end.state, end.body["error_code"]) == (TaskState.FAILED, HouseUnknown.code)
        async with running(Map, broker, tmp_path):
            async with asyncio.timeout(10):
                while await refusal(asker):
                    await asyncio.sleep(0.05)
            end = await asker.submit(DELETE_RULE, RuleRef(rule_id="1"), to="follower")
        assert (end.error, end.body.get("error_code")) == ("There is no rule 1", None)


async def refusal(asker: Asker) -> str:
    try:
        await asker.ask(READ_RULE, RuleSentence(task="at 7"), to="follower")
    except TaskFailed as error:
        return str(error)
    return ""
