"""Who may start agents on a node."""

import json
import time

import pytest

from wactorz_common.bus import Message
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.signing import Signer
from wactorz_edge.admission import Gate, NodePolicy, TrustedKeys, digest_of
from wactorz_edge.ledger import Ledger

TOPIC = "nodes/local/spawn"


@pytest.fixture
def signer(tmp_path):
    return Signer.load(tmp_path / "key")


@pytest.fixture
def keys(tmp_path, signer):
    path = tmp_path / "trusted"
    path.write_text(f"# the monitor\n{signer.public_key.hex()}  # since May\n\n")
    return path


@pytest.fixture
def gate(tmp_path, keys):
    return Gate(Ledger(tmp_path / "node.db"), TrustedKeys(keys))


def make_message(headers, data=None, topic=TOPIC):
    data = data or json.dumps({"name": "probe", "_agent_id": "id-1"}).encode()
    return Message(SpawnSpec.decode(data), topic, {}, data, user_properties=tuple(headers.items()))


def sign(signer, message, topic=TOPIC, now=None):
    return make_message(signer.headers(topic, message.raw, now or time.time()), message.raw)


def test_a_genuine_message_passes_once(gate, signer):
    message = sign(signer, make_message({}))
    assert gate.admit(message)
    assert not gate.admit(message)
    assert [reason for reason, _, _ in gate._ledger.refusals()] == ["it was received before"]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda signer, message: message, "not signed"),
        (lambda signer, message: sign(signer, message, now=time.time() - 99), "expired"),
        (lambda signer, message: sign(signer, message, now=time.time() + 99), "longer than allowed"),
        (lambda signer, message: sign(signer, message, topic="nodes/garage/spawn"), "signature is wrong"),
        (
            lambda signer, message: make_message(
                sign(signer, message).headers, message.raw.replace(b"probe", b"prove")
            ),
            "signature is wrong",
        ),
    ],
)
def test_anything_else_is_refused_counted_and_kept(gate, signer, spoil, reason):
    assert not gate.admit(spoil(signer, make_message({})))
    [(kept, name, digest)] = gate._ledger.refusals()
    assert reason in kept
    assert name in ("probe", "prove")
    assert len(digest) == 64
    assert gate.failures == 1


def test_keys_may_come_later_and_go_again(gate, keys, signer):
    text = keys.read_text()
    keys.unlink()
    assert not gate.admit(sign(signer, make_message({})))
    keys.write_text(text)
    assert gate.admit(sign(signer, make_message({})))
    keys.write_text("")
    assert not gate.admit(sign(signer, make_message({})))
    keys.write_text("not hexadecimal")
    assert not gate.admit(sign(signer, make_message({})))
    assert gate.failures == 3


def test_a_key_is_changed_by_way_of_both_and_the_old_one_is_revoked(gate, keys, signer, tmp_path):
    newer = Signer.load(tmp_path / "newer")
    assert not gate.admit(sign(newer, make_message({})))
    keys.write_text(f"{signer.public_key.hex()}\n{newer.public_key.hex()}\n")
    assert gate.admit(sign(signer, make_message({})))
    assert gate.admit(sign(newer, make_message({})))
    signed_before = sign(signer, make_message({}))
    keys.write_text(f"{newer.public_key.hex()}\n")
    assert not gate.admit(signed_before)
    assert gate.admit(sign(newer, make_message({})))
    assert [reason for reason, _, _ in gate._ledger.refusals()] == ["its key is not trusted here"] * 2


def test_a_message_of_before_a_restart_is_not_taken_again(gate, keys, signer, tmp_path):
    message = sign(signer, make_message({}))
    assert gate.admit(message)
    gate._ledger.close()
    assert not Gate(Ledger(tmp_path / "node.db"), TrustedKeys(keys)).admit(message)


def test_the_log_hears_of_a_flood_at_a_limited_rate(gate, monkeypatch):
    logged = []
    monkeypatch.setattr(gate._log, "warning", lambda *_, **fields: logged.append(fields["refused"]))
    for _ in range(500):
        gate.admit(make_message({}))
    assert logged == [1]
    assert len(gate._ledger.refusals()) == 500
    gate._logged_at -= 60
    gate.admit(make_message({}))
    assert logged == [1, 500]


POLICY = NodePolicy("garage", 256, packages="no packages here", reserved=frozenset({"broker"}))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, ""),
        ({"node": "garage"}, ""),
        ({"node": "attic"}, "meant for the node attic"),
        ({"node": "local"}, "meant for the node local"),
        ({"agent_id": ""}, "no id"),
        ({"name": "broker"}, "name of a service"),
        ({"name": "a/b"}, "cannot be the name"),
        ({"name": "../a"}, "cannot be the name"),
        ({"limits": {"memory_mb": 300}}, "256 at most"),
        ({"install": ["numpy"]}, "no packages here"),
    ],
)
def test_the_policy_of_a_node(fields, problem):
    found = POLICY.problem(SpawnSpec(**{"name": "probe", "agent_id": "id-1", **fields}))
    assert (problem in found) if problem else found == ""


@pytest.mark.parametrize("node", ["", "local"])
def test_the_main_machine_has_two_names(node):
    assert NodePolicy("local", 256).problem(SpawnSpec(name="probe", agent_id="id-1", node=node)) == ""


def test_what_only_concerns_delivery_makes_no_other_agent():
    spec = SpawnSpec(name="probe", code="x = 1")
    delivered = spec.model_copy(update={"replace": True, "migration_token": "t", "initial_state": {"a": 1}})
    assert digest_of(delivered) == digest_of(spec)
    assert digest_of(spec.model_copy(update={"code": "x = 2"})) != digest_of(spec)
