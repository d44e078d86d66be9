"""What code tells people and the system about itself."""

from types import SimpleNamespace

import pytest

from wactorz_dynamic_agent.tellings import Tellings


class Agent:
    name = "x"

    def __init__(self) -> None:
        self.said: list[tuple[object, ...]] = []
        self.log = SimpleNamespace(warning=lambda text: self.said.append(("log", text)))
        self.ports = SimpleNamespace(announce=lambda: self.said.append(("manifest",)))
        self.life = SimpleNamespace(end=lambda why: self.said.append(("end", why)))

    async def alert(self, message, severity):
        self.said.append(("alert", message, severity))

    async def publish(self, channel, payload):
        self.said.append(("publish", channel.name, payload.content, payload.to))

    def count(self, counter, amount):
        self.said.append((counter, amount))


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("alert", {"message": "hot", "severity": "critical"}, ("alert", "hot", "critical")),
        ("alert", {"message": "hot", "severity": "loud"}, ("alert", "hot", "warning")),
        ("notify", {"message": "hi", "user": "ann"}, ("publish", "CHAT_OUT", "hi", "ann")),
        ("processed", {"count": 3}, ("messages", 3)),
        ("errors", {"count": "many"}, ("errors", 1)),
        ("contract", {"publishes": ["custom/x"]}, ("manifest",)),
        ("stop", {}, ("end", "it ended itself")),
    ],
)
async def test_each_is_passed_on(kind: str, body: dict[str, object], said: tuple[object, ...]) -> None:
    agent = Agent()
    await Tellings(agent).take(kind, body)
    assert agent.said == [said]


async def test_the_status_and_the_contract_are_kept() -> None:
    tellings = Tellings(Agent())
    await tellings.take("status", {"text": "x" * 500})
    await tellings.take("contract", {"publishes": ["custom/x"]})
    assert len(tellings.status) == 120
    assert tellings.contract == {"publishes": ["custom/x"]}
    assert not tellings.knows("launch")


async def test_people_are_not_flooded() -> None:
    agent = Agent()
    tellings = Tellings(agent)
    for _ in range(50):
        await tellings.take("alert", {"message": "again"})
    assert 10 <= sum(one[0] == "alert" for one in agent.said) <= 12
    assert agent.said[-1] == ("log", "too many messages to people: one was left out")
