import pytest

from wactorz_common.contracts.lifecycle import Heartbeat
from wactorz_common.contracts.spawning import SpawnedAgent, SpawnedAgents
from wactorz_common.errors import AskTimeout
from wactorz_common.senders import Senders


class Owner:
    name = "main"

    def __init__(self, answer):
        self.answer, self.asked = answer, 0

    async def ask(self, _operation, _request, *, timeout):
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def beat(name, *, protected):
    return Heartbeat(actor_id=f"{name}-id", name=name, timestamp=1, state="running", protected=protected)


def listed(*names):
    return SpawnedAgents(agents=tuple(
        SpawnedAgent(name=name, agent_id="i", type="dynamic", node="local", wanted="running", actual="running",
                     created_at=1, updated_at=1) for name in names
    ))  # fmt: skip


@pytest.mark.parametrize("sender", ["", "io-agent", "gateway", "main", "home-assistant-agent"])
async def test_doors_and_programs_without_a_name_are_no_spawned_agents(sender):
    owner = Owner(listed(sender))
    assert not await Senders(owner).is_spawned(sender)
    assert owner.asked == 0


async def test_heartbeats_tell_who_is_part_of_wactorz():
    owner = Owner(listed())
    senders = Senders(owner)
    senders.note(beat("planner", protected=True))
    senders.note(beat("counter", protected=False))
    assert not await senders.is_spawned("planner")
    assert await senders.is_spawned("counter")
    assert owner.asked == 0


@pytest.mark.parametrize(
    ("answer", "spawned"), [(listed("counter"), True), (listed("x"), False), (AskTimeout("a"), True)]
)
async def test_one_not_heard_yet_is_looked_up_and_not_trusted_without_an_answer(answer, spawned):
    assert await Senders(Owner(answer)).is_spawned("counter") is spawned
