"""The worker's loop: one reply for each line, houses loaded aside."""

import io
import json

from wactorz_common.contracts.home import Area, Entity, House
from wactorz_understanding.serve import serve

HOUSE = House(
    version=7,
    areas=(Area(area_id="kitchen", name="Kitchen"),),
    entities=tuple(Entity(entity_id=f"light.{n}", name=f"Lamp {n}", area_id="kitchen") for n in ("one", "two")),
)


def run(*lines):
    replies = io.BytesIO()
    serve(io.BytesIO(b"".join(line + b"\n" for line in lines)), replies, "en")
    return {reply["id"]: reply for reply in map(json.loads, replies.getvalue().splitlines())}


def test_a_house_is_loaded_and_a_broken_one_is_not():
    replies = run(b'{"id": 1, "load": ' + HOUSE.encode() + b"}", b'{"id": 2, "load": {"version": "x"}}')
    assert replies[1] == {"id": 1, "loaded": 7}
    assert "could not be loaded" in replies[2]["error"]


def test_a_sentence_comes_back_with_its_context_and_requests_that_are_none_with_an_error():
    replies = run(
        b'{"id": 1, "text": "turn on lamp one", "context": {"area_id": "kitchen", "newer": 1}}', b'{"id": 2, "text": 5}',
        b'{"id": 3}', b'{"id": 4, "text": "x", "context": {"area_id": []}}', b"[]",
    )  # fmt: skip
    assert replies[1]["meaning"]["kind"] == "not_understood"
    assert replies[1]["context"]["area_id"] == "kitchen"
    assert all("error" in replies[n] for n in (2, 3, 4, None))
