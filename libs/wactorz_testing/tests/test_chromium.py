"""Finding a browser to drive."""

import os
import stat

import pytest

from wactorz_testing import chromium


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine without anything; what is put into `bin` is on its path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("WACTORZ_RIGS", raising=False)
    return folder


def program(folder, name, text="#!/bin/sh\nexit 0\n"):
    path = folder / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_browser_of_the_machine_is_found_by_any_of_its_names(machine):
    assert chromium.find() == ""
    chrome = program(machine, "google-chrome")
    assert chromium.find() == chrome
    assert chromium.find() == chrome
    assert chromium.needed(machine) == chrome


def test_without_one_tests_are_skipped_but_fail_where_everything_is_tested(machine, tmp_path):
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        chromium.needed(tmp_path / "main")
    (tmp_path / "shared" / "rigs").mkdir(parents=True)
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        chromium.needed(tmp_path / "main")


@pytest.mark.skipif(os.getuid() != 0, reason="only root installs")
def test_it_is_installed_once_the_list_of_packages_is_known(machine, monkeypatch):
    monkeypatch.setenv("BIN", str(machine))
    program(
        machine, "apt-get",
        '#!/bin/sh\necho "$@" >>"$BIN/calls"\n'
        'if [ "$3" = update ]; then : >"$BIN/updated"; exit 0; fi\n'
        '[ -f "$BIN/updated" ] || exit 100\n'
        ': >"$BIN/chromium"; /bin/chmod 755 "$BIN/chromium"\n',
    )  # fmt: skip
    assert chromium.install() == str(machine / "chromium")
    calls = (machine / "calls").read_text().splitlines()
    assert [call.split()[2] for call in calls] == ["install", "update", "install"]


def test_a_machine_without_apt_installs_nothing(machine):
    assert chromium.install() == ""
