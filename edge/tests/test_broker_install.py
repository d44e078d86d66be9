"""Installing the broker without leaving traces."""

import os

import pytest

from wactorz_edge import broker_install

APT = """#!/bin/sh
echo "$@" >> {log}
[ -x {policy} ] && echo "policy $({policy}; echo $?)" >> {log}
{rest}
"""


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with an apt-get that only notes how it was called."""
    policy, log = tmp_path / "policy-rc.d", tmp_path / "log"
    (tmp_path / "bin").mkdir()

    def write(rest="exit 0"):
        apt = tmp_path / "bin" / "apt-get"
        apt.write_text(APT.format(log=log, policy=policy, rest=rest))
        apt.chmod(0o755)

    write()
    monkeypatch.setattr(broker_install, "POLICY", policy)
    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr(broker_install, "_forget_service", lambda: None)
    return policy, log, write


def test_services_are_not_started_meanwhile_and_the_policy_goes_again(machine):
    policy, log, _ = machine
    broker_install.install()
    assert log.read_text().splitlines() == ["-q -y install --no-install-recommends mosquitto", "policy 101"]
    assert not policy.exists()


def test_a_policy_that_was_there_stays_as_it_is(machine):
    policy, _, _ = machine
    policy.write_text("#!/bin/sh\nexit 0\n")
    policy.chmod(0o755)
    broker_install.install()
    assert policy.read_text() == "#!/bin/sh\nexit 0\n"


def test_a_policy_that_another_put_in_our_place_stays(machine):
    policy, _, write = machine
    write(f"echo changed > {policy}")
    broker_install.install()
    assert policy.read_text() == "changed\n"


def test_lists_are_fetched_when_the_first_try_fails(machine):
    _, log, write = machine
    write('[ "$3" = update ] && touch ' + str(log) + ".up; [ -e " + str(log) + ".up ]")
    broker_install.install()
    calls = [line.split()[2] for line in log.read_text().splitlines() if line.startswith("-q")]
    assert calls == ["install", "update", "install"]


def test_a_failed_installation_is_no_program_and_leaves_no_policy(machine):
    policy, _, write = machine
    write("exit 1")
    assert broker_install.install() == ""
    assert not policy.exists()


def test_a_plain_user_installs_nothing(machine, monkeypatch):
    _, log, _ = machine
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    assert broker_install.install() == ""
    assert not log.exists()
