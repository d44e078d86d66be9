from wactorz_common.contracts.lifecycle import AgentManifest, Heartbeat
from wactorz_common.contracts.spawning import SpawnedAgent, SpawnedAgents
from wactorz_planner.plans.roster import SILENT_SECONDS, Roster


def beat(name, state="running", protected=False):
    return Heartbeat(actor_id=name, name=name, timestamp=0, state=state, protected=protected)


def spawned(name, actual="running"):
    return SpawnedAgent(name=name, agent_id=name, type="dynamic", description=f"Is {name}", node="local",
                        wanted="running", actual=actual, created_at=0, updated_at=0)  # fmt: skip


def test_those_that_live_and_are_no_part_of_wactorz_are_present():
    now = [1000.0]
    roster = Roster(lambda: now[0])
    for one in (beat("a"), beat("llm", protected=True), beat("asleep", "paused"), beat("old")):
        roster.note_beat(one)
    roster.note_manifest(AgentManifest(name="a", actor_id="a", description="Does", capabilities=("chat",),
                                       input_schema={"city": "str - where"}, timestamp=0))  # fmt: skip
    roster.note_manifest(AgentManifest(name="ghost", actor_id="g", description="A manifest that was kept", timestamp=0))
    now[0] += SILENT_SECONDS + 1
    roster.note_beat(beat("a"))
    assert list(roster.present()) == ["a"]
    known = roster.present()["a"]
    assert (known.description, known.capabilities, known.takes) == ("Does", ("chat",), ("city: str - where",))


def test_the_monitors_list_counts_before_anybody_is_heard_and_a_stop_counts_at_once():
    roster = Roster()
    roster.note_list(SpawnedAgents(agents=(spawned("a"), spawned("b"), spawned("c", "waiting"))))
    assert list(roster.present()) == ["a", "b"]
    assert roster.present()["a"].description == "Is a"
    roster.note_state("a", "stopped")
    assert list(roster.present()) == ["b"]
    roster.forget("b")
    assert list(roster.present()) == []


def test_only_so_many_are_remembered():
    roster = Roster()
    for number in range(1_100):
        roster.note_beat(beat(f"a{number}"))
    assert len(roster.present()) == 1_000
