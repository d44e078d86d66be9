"""What browsers may read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wactorz_common.contracts.chat import CHAT_OUT, CHAT_PIECES
from wactorz_common.contracts.lifecycle import COMMANDS, HEARTBEAT
from wactorz_common.contracts.nodes import NODE_SPAWN
from wactorz_common.contracts.notices import VAULT_KEY
from wactorz_common.contracts.tasks import TASK, TASK_OF_ONE, TASK_REPLY
from wactorz_common.errors import ContractError
from wactorz_common.rights import allows, covers, is_filter, matches, overlap
from wactorz_gateway.live.visible import MAX_FILTERS, ON_DEMAND, VISIBLE, checked, demanded

PRIVATE = (
    TASK.filter(), TASK_OF_ONE.filter(), TASK_REPLY.filter(), CHAT_OUT.filter(), CHAT_PIECES.filter(), "io/chat",
    COMMANDS.filter(), NODE_SPAWN.filter(), VAULT_KEY.filter(), "main/llm_request", "nodes/+/desired_state",
)  # fmt: skip

LEVEL = st.sampled_from(["agents", "by-name", "custom", "home", "x", "task", "+", "chat", "status", "system", ""])
FILTER = st.builds(lambda levels, rest: "/".join([*levels, *rest]), st.lists(LEVEL, max_size=4),
                   st.sampled_from([[], ["#"]]))  # fmt: skip
TOPIC = st.builds("/".join, st.lists(LEVEL.filter(lambda level: level != "+"), min_size=1, max_size=5))


@pytest.mark.parametrize("private", PRIVATE)
def test_nothing_private_is_visible(private):
    assert not any(overlap(private, one) for one in VISIBLE if not one.startswith("agents/+/")) or "by-name" in private
    assert not allows(VISIBLE, private.replace("+", "agent-1"))


@pytest.mark.parametrize(
    "wrong",
    ["#", "+/+", "agents/#", "agents/+/+", "agents/by-name/#", "$SYS/#", "+/+/task", "io/chat/#", "agents/+/chat",
     "$share/g/custom/#", "system/#", "custom/#/a", "custom/a+", "nodes/x/spawn", "a\x00b", "custom/" + "x/" * 300],
)  # fmt: skip
def test_what_is_not_for_browsers_is_refused(wrong):
    with pytest.raises(ContractError):
        checked([wrong])


def test_what_is_for_browsers_is_given_once():
    wanted = ["agents/+/status", " agents/a-1/logs ", "custom/#", "custom/#", "", "homeassistant/state_changes/light/+"]
    assert checked(wanted) == ("agents/+/status", "agents/a-1/logs", "custom/#", "homeassistant/state_changes/light/+")
    assert HEARTBEAT.filter() in VISIBLE


def test_a_ticket_narrows_what_can_be_had():
    assert checked(["custom/a"], within=("custom/#",)) == ("custom/a",)
    with pytest.raises(ContractError, match="custom/#"):
        checked(["home/a"], within=("custom/#",))


def test_there_is_a_limit_of_filters():
    assert len(checked(f"custom/{n}" for n in range(MAX_FILTERS))) == MAX_FILTERS
    with pytest.raises(ContractError, match="at most 50"):
        checked(f"custom/{n}" for n in range(MAX_FILTERS + 1))


def test_topics_on_demand_are_found():
    assert demanded(["custom/a/+", "agents/+/status", "home/#"]) == {"custom/#", "home/#"}
    assert set(ON_DEMAND) < set(VISIBLE)


@given(wide=FILTER, narrow=FILTER, topic=TOPIC)
def test_a_filter_that_covers_another_matches_all_that_it_matches(wide, narrow, topic):
    if is_filter(wide) and is_filter(narrow) and covers((wide,), narrow) and matches(narrow, topic):
        assert matches(wide, topic)


@given(narrow=FILTER, topic=TOPIC)
def test_no_filter_that_is_let_through_matches_a_hidden_topic(narrow, topic):
    try:
        given_filters = checked([narrow])
    except ContractError:
        return
    if allows(given_filters, topic):
        assert allows(VISIBLE, topic)
