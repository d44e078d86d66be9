"""Files that only their owner reads."""

import stat

from wactorz_prepare import files

NOBODY = files.Owner(0, 0)


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_secret_is_made_once_and_read_by_its_owner_only(tmp_path):
    made = files.secret(tmp_path / "token", NOBODY)
    assert len(made) >= 32
    assert files.secret(tmp_path / "token", NOBODY) == made
    assert mode_of(tmp_path / "token") == 0o400


def test_a_mode_that_is_too_wide_is_narrowed(tmp_path):
    files.secret(tmp_path / "token", NOBODY)
    (tmp_path / "token").chmod(0o644)
    files.secret(tmp_path / "token", NOBODY)
    assert mode_of(tmp_path / "token") == 0o400


def test_a_file_with_the_same_text_is_not_written_again(tmp_path):
    files.write(tmp_path / "file", "text", NOBODY)
    before = (tmp_path / "file").stat().st_ino
    files.write(tmp_path / "file", "text", NOBODY)
    assert (tmp_path / "file").stat().st_ino == before
    files.write(tmp_path / "file", "other", NOBODY)
    assert (tmp_path / "file").read_text() == "other"


def test_a_link_is_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("another's secret")
    outside.chmod(0o600)
    volume = files.folder(tmp_path / "volume", NOBODY)
    (volume / "token").symlink_to(outside)
    assert files.secret(volume / "token", NOBODY) != "another's secret"
    assert mode_of(outside) == 0o600
    (volume / "secrets").symlink_to(tmp_path)
    assert not files.folder(volume / "secrets", NOBODY).is_symlink()
