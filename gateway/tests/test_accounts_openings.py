"""Open connections end with the session that opened them."""

import asyncio

from wactorz_gateway.accounts.openings import Openings


async def serve(openings, key, said):
    openings.enter(key)
    try:
        await asyncio.sleep(30)
    except asyncio.CancelledError:
        if not openings.was_ended():
            raise
        await asyncio.sleep(0)
        said.append(key)
    finally:
        openings.leave(key)


async def test_only_what_belongs_to_it_ends_and_may_say_goodbye():
    openings, said = Openings(), []
    tasks = [asyncio.create_task(serve(openings, key, said)) for key in ("a", "a", "b")]
    await asyncio.sleep(0.01)
    assert len(openings) == 3
    openings.end("a")
    openings.end("nobody")
    await asyncio.wait(tasks[:2], timeout=1)
    assert said == ["a", "a"]
    assert not tasks[2].done()
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert tasks[2].cancelled()
    assert said == ["a", "a"]
    assert len(openings) == 0


async def test_what_is_just_being_answered_goes_on():
    openings = Openings()
    openings.enter("a")
    openings.end("a")
    await asyncio.sleep(0)
    assert not openings.was_ended()
    openings.leave("a")
    openings.leave("a")
    assert len(openings) == 0
