"""What the account of a shipped service may do."""

from wactorz_common.contracts.chat import CHAT_OUT
from wactorz_common.contracts.lifecycle import COMMANDS, HEARTBEAT
from wactorz_common.contracts.system import HEALTH
from wactorz_common.rights import allows, covers, service_rights

ID = "20261121T091530.0001Z-main"


def test_a_service_has_what_it_declares_and_its_own_and_no_more():
    rights = service_rights("main", ID, (CHAT_OUT, HEALTH), (HEARTBEAT.filter(),))
    for topic in (f"agents/{ID}/heartbeat", f"agents/{ID}/chat", "system/health", "agents/by-name/planner/task"):
        assert allows(rights.publish, topic), topic
    for topic in ("agents/someone/chat", "agents/someone/heartbeat", f"agents/{ID}/commands", "nodes/local/spawn"):
        assert not allows(rights.publish, topic), topic
    assert covers(rights.subscribe, HEARTBEAT.filter())
    assert covers(rights.subscribe, f"agents/by-name/main/reply/{ID}")
    assert not covers(rights.subscribe, "agents/by-name/planner/task")
    assert not covers(rights.subscribe, "agents/+/+")


def test_who_declares_a_channel_of_the_lifecycle_speaks_to_others():
    rights = service_rights("gateway", ID, (COMMANDS,), ())
    assert allows(rights.publish, "agents/someone/commands")
    assert not allows(rights.publish, "agents/someone/heartbeat")
