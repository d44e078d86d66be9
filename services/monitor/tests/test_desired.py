"""What outlives the monitor."""

import json

from wactorz_monitor.desired import extract, restore
from wactorz_monitor.roster import Roster, Watched


def test_wishes_survive_a_restart_of_the_monitor():
    before = Roster()
    before.add(Watched("1", "runs", "local", "running"))
    before.add(Watched("2", "stopped", "garage", "stopped", stopped=True))
    before.add(Watched("3", "looping", "local", "running", quarantined=True))
    before.add(Watched("4", "foreign", "local", "running"))
    before.placed = {"runs": "local", "stopped": "garage", "looping": "local"}
    kept = json.loads(json.dumps(extract(before)))
    assert sorted(kept) == ["looping", "runs", "stopped"]
    after = Roster()
    restore(after, kept, 77.0)
    assert extract(after) == kept
    assert {agent.last_seen for agent in after.agents.values()} == {77.0}
    assert after.by_name["looping"].down
    assert after.by_name["stopped"].state == "stopped"


def test_an_orderly_end_is_not_a_wish_to_rest():
    roster = Roster(placed={"llm": "local"})
    roster.add(Watched("1", "llm", "local", "stopped"))
    assert extract(roster)["llm"]["wish"] == "running"
