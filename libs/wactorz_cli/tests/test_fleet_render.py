from wactorz_cli.fleet_render import approvals_text, fleet_table, log_line, nodes_table

ROW = {"name": "tide", "state": "running", "protected": False, "node": "", "last_seen": 90, "description": "x" * 80}


def test_agents_are_aligned_and_long_descriptions_cut():
    lines = fleet_table([ROW, {**ROW, "name": "a", "last_seen": 0, "description": ""}], now=100).splitlines()
    assert lines[0].split() == ["AGENT", "STATE", "KIND", "NODE", "SEEN", "WHAT", "IT", "DOES"]
    assert lines[1].endswith("10 s ago  " + "x" * 57 + "...")
    assert lines[2].split() == ["a", "running", "other", "local", "-"]


def test_nodes():
    row = {"node": "pi", "online": True, "last_seen": 90, "agents": ["b", "a"], "runtime": "node"}
    assert nodes_table([row], now=100).splitlines()[1].split() == [
        "pi",
        "online",
        "10",
        "s",
        "ago",
        "node",
        "2",
        "b,",
        "a",
    ]


def test_an_open_approval_shows_how_long_it_stands():
    row = {"id": "1", "summary": "Do x", "requested_by": "", "agent": "monitor", "expires_at": 400, "state": "open"}
    assert approvals_text([row], now=100) == "1  Do x (asked by monitor, 5 min left)"


def test_log_lines():
    entry = {"timestamp": 0, "kind": "alert", "level": "warning", "message": "hot", "phase": None, "traceback": "t\n"}
    assert log_line(entry).endswith(" alert [warning] hot\nt")
    assert log_line({"timestamp": 0, "kind": "line", "message": "as it is"}) == "as it is"
