import pytest

from wactorz_common.errors import Refused
from wactorz_notifier import others
from wactorz_notifier.dialects import Saying
from wactorz_testing.webhook_server import Cut, Fault, WebhookServer

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


async def test_what_apprise_knows():
    await others.check("ntfy://topic")
    with pytest.raises(Refused, match="No service is known"):
        await others.check("gopher://topic")
    assert await others.knows("https://ntfy.sh/topic")
    assert not await others.knows("https://example.org/topic")
    assert await others.longest("json://localhost") == 32768
    assert await others.longest("gopher://x") == 0


async def test_what_came_of_it_is_read_from_its_log(caplog):
    async with WebhookServer() as server:
        url, saying = server.webhook.replace("http", "json"), Saying("hello", "Title", "critical")
        assert (await others.deliver(url, saying, 5)).arrived
        server.script([Fault(403), Fault(503), Cut()])
        refused = await others.deliver(url, saying, 5)
        assert (refused.may_retry, refused.problem) == (False, "it does not take the message (403)")
        assert (await others.deliver(url, saying, 5)).may_retry
        assert (await others.deliver(url, saying, 5)).unclear
        await server.down()
        assert (await others.deliver(url, saying, 5)).problem == "it cannot be reached"
    assert caplog.text == ""
    assert server.messages[0].body["type"] == "failure"


@pytest.mark.parametrize(
    ("log", "may_retry", "unclear"),
    [
        ("Failed to send: error=429.", True, False),
        ("Failed to send: error=400.", False, False),
        ("Socket Exception: Read timed out. (read timeout=4)", False, True),
        ("Socket Exception: [Errno 111] Connection refused", True, False),
        ("Authentication failed", False, False),
    ],
)
def test_reading_its_log(log, may_retry, unclear):
    outcome = others.read(log)
    assert (outcome.may_retry, outcome.unclear, outcome.arrived) == (may_retry, unclear, False)
