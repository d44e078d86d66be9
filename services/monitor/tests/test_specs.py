"""A specification as it is kept, hashed and sent."""

import json

from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_monitor import specs

CODE = "def process(agent): pass"


def canonical(**fields):
    return specs.canonical(SpawnSpec.accept({"name": "watcher", "code": CODE, **fields}), "local")


def test_what_is_kept_is_the_agent_and_not_the_message():
    kept = canonical(
        replace=True, trusted=True, _agent_id="forged", _initial_state={"a": 1}, _migration_token="t", _proposed_by="main",
        room="kitchen",
    )  # fmt: skip
    assert kept == {
        "name": "watcher", "type": "dynamic", "code": CODE, "poll_interval": 1.0, "node": "local", "room": "kitchen",
    }  # fmt: skip


def test_the_fingerprint_follows_every_change_and_no_order():
    one = canonical(description="x", capabilities=["a"])
    assert specs.fingerprint(one) == specs.fingerprint(dict(reversed(one.items())))
    assert specs.fingerprint(one) != specs.fingerprint(canonical(description="y", capabilities=["a"]))
    assert specs.fingerprint(one) != specs.fingerprint({**one, "node": "pi"})


def test_our_nodes_get_the_id_and_the_grants_and_others_the_plain_object():
    spec = {**canonical(grants={"model": True}, limits={"cpu": 1}, _rule="r"), "node": "pi"}
    ours = json.loads(
        specs.wire(spec, "id-1", is_main=False, is_ours=True, replace=False, initial_state={"a": 1}, migration_token="")
    )
    assert ours["_agent_id"] == "id-1"
    assert ours["_initial_state"] == {"a": 1}
    assert ours["grants"] == {"model": True}
    assert "_migration_token" not in ours
    foreign = json.loads(specs.wire(spec, "id-1", is_main=False, is_ours=False, replace=True))
    assert foreign == {
        "name": "watcher", "type": "dynamic", "code": CODE, "poll_interval": 1.0, "node": "pi", "replace": True,
    }  # fmt: skip


def test_on_the_main_machine_the_node_stays_empty():
    assert "node" not in json.loads(specs.wire(canonical(), "i", is_main=True, is_ours=True, replace=False))


def test_only_grants_and_packages_ask_for_more():
    assert not specs.asks_for_more(canonical(limits={"memory_mb": 256}))
    assert specs.asks_for_more(canonical(install=["numpy"]))
    assert specs.asks_for_more(canonical(grants={"agents": ["llm"]}))


def test_a_question_names_everything_that_a_yes_allows():
    spec = canonical(grants={"publish": ["plants/x"], "http": ["example.org"], "model": True}, install=["numpy"])
    text = specs.in_words(spec, replaces=True)
    for word in ("Replace", "watcher", "plants/x", "example.org", "language model", "numpy", "local"):
        assert word in text


def test_long_code_is_cut_for_lists_and_its_hash_tells_the_rest():
    shown = specs.for_people({**canonical(), "code": "#" * 30_000})
    assert len(shown["code"]) == 20_000
    assert len(shown["code_sha256"]) == 64
