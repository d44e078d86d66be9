"""Packages by name only, wheels only, into the agent's own folder."""

import sys
import zipfile

import pytest

from wactorz_common.errors import Refused
from wactorz_dynamic_agent import packages


@pytest.mark.parametrize("name", ["numpy", "scikit-learn", "uvicorn[standard]", "numpy==2.1.0", "a.b_c", "x>=1.0"])
def test_names(name: str) -> None:
    assert packages.problem_of((name,)) == ""


@pytest.mark.parametrize(
    "name",
    ["--index-url=http://x", "-r x.txt", "git+https://x/y", "http://x/y.whl", "./x", "/etc", "../x", "a b", "", "a;b",
     "x @ http://y", "a\nb", "$(id)"],
)  # fmt: skip
def test_all_else_is_refused(name: str) -> None:
    assert "no package name" in packages.problem_of((name,))


def test_not_too_many() -> None:
    assert "at most" in packages.problem_of(tuple(f"p{number}" for number in range(21)))


def wheel(folder, name: str = "tinything", version: str = "1.0") -> None:
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as file:
        file.writestr(f"{name}.py", "ANSWER = 42\n")
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


async def test_installing_from_a_wheel_cache(tmp_path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    wheel(wheels)
    folder = tmp_path / "state" / "packages"
    await packages.install(("tinything",), folder, wheels)
    assert (folder / "tinything.py").read_text() == "ANSWER = 42\n"
    (wheels / "tinything-1.0-py3-none-any.whl").unlink()
    await packages.install(("tinything",), folder, wheels)  # it is there already


async def test_what_cannot_be_had_is_told(tmp_path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with pytest.raises(Refused, match="nosuchthing could not be installed: ERROR"):
        await packages.install(("nosuchthing",), tmp_path / "packages", wheels)


def test_the_command_takes_wheels_only(tmp_path) -> None:
    command = packages.command_of(("a",), tmp_path, None)
    assert command[0] == sys.executable
    assert command[-2:] == ["--", "a"]
    assert "--only-binary" in command
