"""What is said to nodes, and the key that signs it."""

import stat

import pytest

from wactorz_common.errors import ConfigError
from wactorz_monitor.dispatch import load_signer


async def test_requests_are_the_plain_objects_of_the_wire_contract(bench):
    say = bench.fleet.dispatcher
    await say.stop("pi", "watcher")
    await say.stop("pi", "watcher", delete=True, keep_topics=True)
    await say.migrate("pi", "watcher", "den")
    await say.migrate("pi", "watcher", "@main", "token")
    await say.restart("pi", "watcher", "hangs")
    await say.ask_for_list("pi")
    assert bench.bus.on("nodes/pi/stop") == [
        {"name": "watcher"}, {"name": "watcher", "delete": True, "keep_topics": True},
    ]  # fmt: skip
    assert bench.bus.on("nodes/pi/migrate") == [
        {"name": "watcher", "target_node": "den"},
        {"name": "watcher", "target_node": "@main", "return_token": "token"},
    ]
    assert bench.bus.on("nodes/pi/restart_agent") == [{"name": "watcher", "reason": "hangs"}]
    assert bench.bus.on("nodes/pi/list") == [{}]
    assert all((qos, retain) == (1, False) for _, _, qos, retain, _ in bench.bus.sent)


def test_the_key_is_made_once_for_this_user_only_and_its_public_half_beside_it(tmp_path):
    path = tmp_path / "secrets" / "spawn-key"
    signer = load_signer(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (tmp_path / "secrets" / "spawn-key.pub").read_text() == signer.public_key.hex()
    assert load_signer(path).public_key == signer.public_key


def test_another_key_gets_another_public_half(tmp_path):
    path = tmp_path / "spawn-key"
    first = load_signer(path)
    path.unlink()
    second = load_signer(path)
    assert first.public_key != second.public_key
    assert (tmp_path / "spawn-key.pub").read_text() == second.public_key.hex()


def test_a_broken_key_ends_the_start_with_a_sentence(tmp_path):
    path = tmp_path / "spawn-key"
    path.write_text("no key")
    with pytest.raises(ConfigError, match=r"signing key .* cannot be used"):
        load_signer(path)
