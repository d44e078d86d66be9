"""What an agent tells of itself."""

import pytest

from wactorz_common.contracts.chat import CHAT, SAY
from wactorz_common.telemetry import CpuShare, Profile, Telemetry


class HeardBus:
    """Keeps what is published."""

    def __init__(self):
        self.heard = []

    async def publish(self, channel, payload, **params):
        self.heard.append(payload)


@pytest.mark.parametrize(
    ("task", "preview"), [(SAY.action, ""), (CHAT.action, ""), ("actuate", '{"text":"the key is under the mat"}')]
)
async def test_what_a_person_was_told_does_not_travel_with_the_news_that_it_is_done(task, preview):
    bus = HeardBus()
    telemetry = Telemetry(Profile("main", "i", 1), bus)
    await telemetry.completed(task, {"text": "the key is under the mat"}, 0.5)
    (event,) = bus.heard
    assert (event.task, event.duration, event.result_preview) == (task, 0.5, preview)


def test_the_share_of_the_processor_is_that_since_the_last_heartbeat():
    used, now = [1.0], [10.0]
    share = CpuShare(lambda: used[0], lambda: now[0])
    used[0], now[0] = 1.5, 20.0
    assert share.percent() == 5.0
    now[0] = 20.1
    assert share.percent() is None
    used[0], now[0] = 6.5, 25.0
    assert share.percent() == 100.0
