"""The set-up code and the machine's own token."""

import os
import re
import stat

import pytest

from wactorz_common.errors import StoreError
from wactorz_gateway.accounts.files import LocalToken, SetupCode, write_private


def test_the_code_is_in_a_file_of_this_user(tmp_path):
    code = SetupCode(tmp_path / "secrets")
    made = code.make()
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}", made)
    assert code.path.read_text().strip() == made
    assert stat.S_IMODE(code.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(code.path.parent.stat().st_mode) == 0o700
    assert code.fits(made.lower().replace("-", " "))


def test_the_code_stays_the_same_over_a_restart_until_it_is_used(tmp_path):
    first = SetupCode(tmp_path).make()
    again = SetupCode(tmp_path)
    assert again.make() == first
    assert again.fits(first)
    again.drop()
    assert SetupCode(tmp_path).make() != first


@pytest.mark.parametrize("spoiled", ["", "short", "AAAA-BBBB-CCCC-DDDD", "0OIL-0OIL-0OIL"])
def test_a_file_that_holds_no_code_is_replaced(tmp_path, spoiled):
    write_private(tmp_path / "setup-code", spoiled)
    assert re.fullmatch(r"\w{4}(-\w{4}){2}", SetupCode(tmp_path).make())
    assert not SetupCode(tmp_path).fits(spoiled)


def test_a_code_that_others_could_read_or_that_lies_elsewhere_is_replaced(tmp_path):
    first = SetupCode(tmp_path).make()
    (tmp_path / "setup-code").chmod(0o644)
    second = SetupCode(tmp_path).make()
    assert second != first
    (tmp_path / "setup-code").rename(tmp_path / "elsewhere")
    (tmp_path / "setup-code").symlink_to(tmp_path / "elsewhere")
    assert SetupCode(tmp_path).make() != second
    assert (tmp_path / "elsewhere").read_text().strip() == second


def test_the_code_is_good_for_once(tmp_path):
    code = SetupCode(tmp_path)
    assert not code.fits("")
    assert not code.take("")
    made = code.make()
    assert not code.take("wrong")
    assert code.take(made)
    assert not code.take(made)
    code.give_back(made)
    assert code.take(made)
    code.drop()
    assert not code.path.exists()
    assert not code.fits("")
    code.drop()


def test_the_machines_token(tmp_path):
    token = LocalToken(tmp_path)
    assert not token.fits("")
    token.make()
    first = token.path.read_text().strip()
    assert token.fits(first)
    assert not token.fits(first + "\ud800")
    assert stat.S_IMODE(token.path.stat().st_mode) == 0o600
    token.make()
    assert not token.fits(first)
    token.drop()
    assert not token.path.exists()


def test_a_file_of_somebody_else_is_replaced_not_followed(tmp_path):
    target = tmp_path / "elsewhere"
    target.write_text("mine")
    (tmp_path / "secret").symlink_to(target)
    write_private(tmp_path / "secret", "new")
    assert target.read_text() == "mine"
    assert (tmp_path / "secret").read_text() == "new\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="WACTORZ_STATE_DIR"):
        write_private(tmp_path / "x" / "y", "text")


def test_a_folder_that_is_a_file_is_a_sentence(tmp_path):
    (tmp_path / "x").write_text("")
    with pytest.raises(StoreError, match="WACTORZ_STATE_DIR"):
        write_private(tmp_path / "x" / "y", "text")
