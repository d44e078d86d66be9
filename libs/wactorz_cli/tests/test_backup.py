"""What a person is told of a backup."""

import io
import json
import tarfile

import pytest

from wactorz_cli import backup as module
from wactorz_cli.errors import CommandFailed


def archive(manifest):
    """Writes what the gateway would send."""

    def download(draft):
        data = json.dumps(manifest).encode()
        with tarfile.open(draft, "w:") as tar:
            info = tarfile.TarInfo("manifest.json")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))

    return download


@pytest.mark.parametrize(
    ("missing", "code", "err"),
    [([], 0, ""), ([{"name": "llm", "why": "away"}], 1, "wactorz: the state of llm is missing: away\n")],
)
def test_it_says_what_is_in_it_what_is_not_and_what_is_missing(monkeypatch, capsys, tmp_path, missing, code, err):
    monkeypatch.setattr(module, "_download", archive({"agents": [{"name": "main"}], "missing": missing}))
    file = tmp_path / "wactorz.tar"
    assert module.backup(file) == code
    said = capsys.readouterr()
    assert said.out.splitlines()[0].startswith(f"{file}: 1 agents, ")
    assert "Not in it, so that a lost file gives nothing away: keys, and stored secrets" in said.out
    assert said.err == err


def test_one_that_broke_off_leaves_no_file(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "_download", lambda draft: draft.write_bytes(b"half"))
    with pytest.raises(CommandFailed, match="broke off"):
        module.backup(tmp_path / "wactorz.tar")
    assert list(tmp_path.iterdir()) == []
