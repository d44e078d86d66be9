import asyncio

import pytest

from wactorz_common.errors import AskTimeout
from wactorz_llm import files as module
from wactorz_llm.contents import PDF, Flawed
from wactorz_llm.files import KEEP_SECONDS, LARGEST, Files
from wactorz_llm.question import File
from wactorz_llm.showing import MOST_FILES

from .file_doubles import Gateway, ask, attachment, pdf, png


@pytest.fixture
def gateway():
    return Gateway()


@pytest.fixture
def now():
    return [1000.0]


@pytest.fixture
def files(gateway, now):
    return Files(gateway.read_blob, lambda: now[0])


def why(found):
    return [one.why if isinstance(one, Flawed) else "seen" for one in found.values()]


async def test_a_file_comes_in_parts_and_is_checked(files, gateway):
    data = png(filler=3_500)
    one = gateway.keep(data)
    found = (await files.fetch(ask(one, person="ann")))[one.id]
    assert isinstance(found, File)
    assert (found.data, found.content.width, found.sha256) == (data, 3, one.sha256)
    assert [part for _, part in gateway.read] == [0, 1, 2, 3]


async def test_a_file_is_kept_for_the_next_round_and_for_its_person_alone(files, gateway, now):
    one = gateway.keep(png())
    assert why(await files.fetch(ask(one, person="ann"))) == ["seen"]
    assert why(await files.fetch(ask(one, person="ann"))) == ["seen"]
    assert len(gateway.read) == 1
    assert why(await files.fetch(ask(one, person="ben"))) == ["gone"]
    assert why(await files.fetch(ask(one))) == ["gone"]
    now[0] += KEEP_SECONDS
    gateway.kept.clear()
    assert why(await files.fetch(ask(one, person="ann"))) == ["gone"]


async def test_memory_is_bounded(files, gateway, monkeypatch):
    monkeypatch.setattr(module, "_MOST_KEPT", 2 * len(png()))
    ones = [gateway.keep(png()) for _ in range(3)]
    for one in (*ones, *ones):
        await files.fetch(ask(one, person="ann"))
    assert len(gateway.read) == 6, "the oldest gave way each time"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"size": 7}, "damaged"),
        ({"sha256": "0" * 64}, "damaged"),
        ({"media_type": "image/jpeg"}, "other_kind"),
        ({"media_type": "application/zip"}, "kind"),
        ({"size": LARGEST + 1}, "large"),
        ({"id": "f" * 32}, "gone"),
    ],
)
async def test_what_is_not_what_it_should_be_is_left_out(files, gateway, change, expected):
    one = gateway.keep(png())
    found = await files.fetch(ask(one.model_copy(update=change), person="ann"))
    assert why(found) == [expected]


async def test_bytes_that_changed_at_the_gateway(files, gateway):
    one = gateway.keep(png())
    gateway.kept[one.id] = (one, png(2, 3), "ann")
    assert why(await files.fetch(ask(one, person="ann"))) == ["damaged"]


async def test_what_is_no_base64(files, gateway):
    one = gateway.keep(png())

    async def read(request):
        return (await gateway.read_blob(request)).model_copy(update={"data": "!"})

    assert why(await Files(read).fetch(ask(one, person="ann"))) == ["damaged"]


async def test_a_gateway_that_is_away(gateway, monkeypatch):
    one = gateway.keep(png())

    async def silent(_request):
        raise AskTimeout("no answer")

    async def hangs(_request):
        await asyncio.Event().wait()

    assert why(await Files(silent).fetch(ask(one, person="ann"))) == ["unreachable"]
    monkeypatch.setattr(module, "FETCH_SECONDS", 0.01)
    assert why(await Files(hangs).fetch(ask(one, person="ann"))) == ["unreachable"]


async def test_only_so_many_and_only_so_much(files, gateway):
    many = [gateway.keep(png()) for _ in range(MOST_FILES)]
    earlier = attachment(png(), number=99)
    request = ask(*many, person="ann")
    more = request.model_copy(update={"messages": (*ask(earlier).messages, *request.messages)})
    assert why(await files.fetch(more)) == ["seen"] * MOST_FILES + ["many"]
    large = [attachment(pdf(), f"{number}.pdf", PDF, 50 + number, size=LARGEST) for number in range(2)]
    gateway.kept |= {one.id: (one, pdf(), "ann") for one in large}
    assert why(await files.fetch(ask(gateway.keep(png()), large[0], person="ann"))) == ["seen", "many"]


async def test_without_files_nobody_is_asked(files, gateway):
    assert await files.fetch(ask()) == {}
    assert gateway.read == []
