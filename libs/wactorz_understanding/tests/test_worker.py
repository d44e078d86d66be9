"""The worker process comes back, loads its house again and answers the sentence that was under way."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wactorz_common.contracts.home import Area, Entity, House
from wactorz_common.errors import ConfigError
from wactorz_understanding.context import Context
from wactorz_understanding.meaning import Calls, NotUnderstood
from wactorz_understanding.worker import Worker

HOUSE = House(
    version=1,
    areas=(Area(area_id="kitchen", name="Kitchen"),),
    entities=(Entity(entity_id="light.kitchen_light", name="Kitchen light", area_id="kitchen"),),
)


@pytest.fixture
async def worker():
    worker = Worker()
    await worker.start()
    yield worker
    await worker.stop()


async def test_reads_sentences_of_the_loaded_house(worker):
    assert not worker.ready
    await worker.load(HOUSE)
    assert worker.ready
    assert worker.progress == "ready"
    meaning = await worker.understand("turn on the kitchen light")
    assert isinstance(meaning, Calls)
    assert meaning.calls[0].entity_id == ("light.kitchen_light",)
    assert isinstance(await worker.understand("make it cosy\n\x00"), NotUnderstood)


async def test_is_back_with_its_house_after_a_kill(worker):
    await worker.load(HOUSE)
    first = worker.pid
    sentence = asyncio.create_task(worker.understand("turn on the kitchen light"))
    os.kill(first, signal.SIGKILL)
    assert isinstance(await sentence, Calls)
    assert isinstance(await worker.understand("turn off the kitchen light"), Calls)
    assert worker.pid != first


async def test_many_sentences_at_once_get_their_own_answers(worker):
    await worker.load(HOUSE)
    said = [f"set the kitchen light to {n} %" for n in range(1, 21)]
    meanings = await asyncio.gather(*(worker.understand(text) for text in said))
    assert [m.calls[0].data["brightness_pct"] for m in meanings] == list(range(1, 21))


async def test_a_language_that_there_is_not_is_refused_before_a_process_starts():
    worker = Worker("en", ("xx",))
    with pytest.raises(ConfigError, match="there is no language 'xx'"):
        await worker.start()
    assert worker.pid is None


async def test_a_conversation_goes_on_in_the_next_process(worker):
    await worker.load(HOUSE)
    first = await worker.understand("turn on the kitchen light", Context())
    os.kill(worker.pid, signal.SIGKILL)
    second = await worker.understand("turn it off", first.context)
    assert second.meaning.calls[0].service == "turn_off"
    assert second.language == "en"


async def test_the_old_house_answers_while_a_new_one_is_loaded(worker):
    await worker.load(HOUSE)
    lamps = tuple(Entity(entity_id=f"light.lamp_{n}", name=f"Lamp {n}") for n in range(2000))
    loading = asyncio.create_task(worker.load(HOUSE.model_copy(update={"version": 2, "entities": lamps})))
    await asyncio.sleep(0)
    meanings = []
    while not loading.done():
        meanings.append(await worker.understand("turn on the kitchen light"))
    assert isinstance(meanings[0], Calls)
    assert isinstance(await worker.understand("turn on lamp 1999"), Calls)
    assert not isinstance(await worker.understand("turn on the kitchen light"), Calls)


async def test_stop_ends_the_process(worker):
    await worker.load(HOUSE)
    pid = worker.pid
    await worker.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert worker.progress == "stopped"


def test_process_ignores_an_interrupt_answers_bad_requests_and_ends_with_its_input():
    command = [sys.executable, "-m", "wactorz_understanding"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(b"not json\n[1]\n")
        process.stdin.flush()
        assert b"error" in process.stdout.readline()
        assert b"error" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdin.write(b'{"id": 3, "text": "turn on the light"}\n')
        process.stdin.flush()
        assert b"not_understood" in process.stdout.readline()
        process.stdin.close()
        assert process.wait(10) == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a process of its parent's end")
def test_process_dies_with_its_parent():
    script = (
        "import asyncio, time\n"
        "from wactorz_understanding.worker import Worker\n"
        "async def main():\n"
        "    worker = Worker()\n"
        "    await worker.start()\n"
        "    try: await asyncio.wait_for(worker.understand('x'), 1.5)\n"
        "    except TimeoutError: print(worker.pid, flush=True)\n"
        "    time.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        os.kill(child, 0)
        parent.kill()
        parent.wait(10)
    for _ in range(500):
        status = Path(f"/proc/{child}/status")
        if not status.exists() or "\nState:\tZ" in status.read_text():
            return
        signal.sigtimedwait([], 0.01)
    pytest.fail("the worker outlived its parent")
