"""What a node keeps for ever."""

import json
import random
import socket

import pytest

from wactorz_edge.identity import NodeIdentity, is_free, pick_port


def test_the_id_stays_and_the_incarnation_rises(tmp_path):
    first = NodeIdentity.load(tmp_path / "node.json", "local")
    second = NodeIdentity.load(tmp_path / "node.json", "local")
    assert first.node_id == second.node_id
    assert (first.incarnation, second.incarnation) == (1, 2)
    assert first.node_id.endswith("-local")


@pytest.mark.parametrize("content", ["", "[]", '{"node_id": "x"}'])
def test_a_broken_file_makes_a_new_identity(tmp_path, content):
    (tmp_path / "node.json").write_text(content)
    assert NodeIdentity.load(tmp_path / "node.json", "local").incarnation == 1
    assert json.loads((tmp_path / "node.json").read_text())["incarnation"] == 1


def test_a_port_is_kept_until_a_stranger_takes_it():
    identity = NodeIdentity("id")
    port = identity.port_for("broker", in_use_by_us=False)
    assert identity.port_for("broker", in_use_by_us=False) == port
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        assert identity.port_for("broker", in_use_by_us=True) == port
        assert identity.port_for("broker", in_use_by_us=False) != port


def test_two_processes_never_get_one_port(monkeypatch):
    drawn = iter((21_000, 21_000, 21_001, 21_002))
    monkeypatch.setattr(random, "choice", lambda _: next(drawn))
    identity = NodeIdentity("id")
    assert identity.port_for("broker", in_use_by_us=False) == 21_000
    assert identity.port_for("demo-home", in_use_by_us=False) == 21_001
    clashing = NodeIdentity("id", ports={"broker": 21_000, "demo-home": 21_000})
    assert clashing.port_for("broker", in_use_by_us=True) == 21_000
    assert clashing.port_for("demo-home", in_use_by_us=False) == 21_002


def test_ports_stay_below_those_of_outgoing_connections():
    assert all(20_000 <= pick_port() < 32_000 for _ in range(20))


def test_a_taken_port_is_not_free():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert not is_free("127.0.0.1", taken.getsockname()[1])
    assert not is_free("192.0.2.1", 80)
