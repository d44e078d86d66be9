"""Nodes as their heartbeats show them."""

from wactorz_common.contracts.nodes import NodeHeartbeat, ProcessInfo
from wactorz_monitor.machines import Machines


def pulse(data=None, **fields):
    if data is not None:
        return NodeHeartbeat.decode(data)
    return NodeHeartbeat(node="pi", node_id="n", timestamp=0, **fields)


def info(name, state="running", executor="shared"):
    return ProcessInfo(name=name, pid=1, state=state, executor=executor)


def test_the_stand_alone_runner_is_known_by_what_its_heartbeat_lacks():
    machines = Machines()
    data = b'{"node":"pi","node_id":"u","timestamp":1,"agents":["a"],"agent_count":1,"broker":"b"}'
    foreign = machines.on_pulse("pi", pulse(data), 10.0, 1_000.0)
    assert (foreign.is_ours, foreign.runtime) == (False, "runner")
    assert foreign.runs("a")
    ours = machines.on_pulse("den", NodeHeartbeat.decode(pulse(processes=(), runtime="node").encode()), 10.0, 1_000.0)
    assert (ours.is_ours, ours.runtime) == (True, "node")


def test_online_means_heard_within_30_s_and_not_going_away():
    machines = Machines()
    machine = machines.on_pulse("pi", pulse(), 100.0, 1_000.0)
    assert machine.is_online(129.9)
    assert not machine.is_online(130.0)
    machines.on_pulse("pi", pulse(status="offline"), 101.0, 1_001.0)
    assert not machine.is_online(101.0)
    machines.on_pulse("pi", pulse(status="restarting"), 102.0, 1_002.0)
    assert not machine.is_online(102.0)


def test_a_guest_in_a_pause_or_quarantine_is_looked_after_and_a_stopped_one_is_not():
    processes = (info("a", "backoff"), info("b", "quarantined"), info("c", "stopped"), info("d"))
    machine = Machines().on_pulse("pi", pulse(processes=processes), 0.0, 0.0)
    assert [machine.runs(name) for name in "abcde"] == [True, True, False, True, False]


def test_services_are_no_guests():
    processes = (info("llm", executor="process"), info("guest"), info("boxed", executor="docker"))
    machine = Machines().on_pulse("local", pulse(processes=processes, runtime="node"), 0.0, 0.0)
    assert machine.guests == {"guest", "boxed"}


def test_the_containers_of_the_services_are_no_place_for_agents():
    machines = Machines()
    machine = machines.on_pulse(
        "docker", pulse(processes=(info("llm", executor="docker"),), runtime="docker"), 0.0, 0.0
    )
    assert machine.guests == frozenset()
    assert [one.name for one in machines.all()] == ["local"]


def test_a_new_run_of_the_runner_is_noticed():
    machines = Machines()
    machine = machines.on_pulse("pi", pulse(pid=1), 10.0, 0.0)
    machines.on_pulse("pi", pulse(pid=1), 20.0, 0.0)
    assert machine.since == 10.0
    machines.on_pulse("pi", pulse(pid=2), 30.0, 0.0)
    assert machine.since == 30.0
    machines.on_pulse("pi", pulse(pid=2), 90.0, 0.0)
    assert machine.since == 90.0


def test_people_see_the_main_machine_first_even_before_it_was_heard():
    machines = Machines()
    machines.on_pulse("attic", pulse(agents=("b", "a"), version="1"), 5.0, 1_000.0)
    machines.know("zoo", is_ours=False, seen_at=3.0)
    reports = machines.reports(6.0)
    assert [(one.node, one.online) for one in reports] == [("local", False), ("attic", True), ("zoo", False)]
    assert reports[1].agents == ("a", "b")
    assert reports[1].last_seen == 1_000.0
