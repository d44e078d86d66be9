"""Statements about what a camera sees."""

from dataclasses import dataclass

from wactorz_common.contracts.rules import DetectionTrigger
from wactorz_understanding.grammar import Grammar, Match
from wactorz_understanding.naming import KIND
from wactorz_understanding.statements import Statement
from wactorz_understanding.targets import Place, Target

_ONLY_WITH_CAMERA = frozenset({"motion"})
"""What other sensors detect too."""


@dataclass(frozen=True)
class Sighting(Statement):
    """Something is seen, or no longer seen, by a camera or by any."""

    target: str = ""
    camera: str = ""
    gone: bool = False

    def as_trigger(self) -> DetectionTrigger:
        """A watch for it."""
        return DetectionTrigger(target=self.target, camera=self.camera, gone=self.gone)


def read_sighting(text: str, grammar: Grammar, place: Place) -> Sighting | None:
    """Read a text as such a statement; a camera that is named is one of the house."""
    found = [s for match in grammar.read("sightings", text, place.said) if (s := _interpret(match, place))]
    return min(found, key=lambda sighting: sighting.how) if found else None


def cameras_of(place: Place) -> list[str]:
    """The cameras of the house."""
    return [e.entity_id for e in place.names.house.entities if e.domain == "camera" and not e.hidden]


def _interpret(match: Match, place: Place) -> Sighting | None:
    target, gone = match.slots["seen"], match.intent == "gone"
    if "name" in match.slots:
        named = place.find(match, lambda entity: entity.domain == "camera")
        return _sighting(target, named, gone) if named else None
    if "camera" not in match.slots and target in _ONLY_WITH_CAMERA:
        return None
    cameras = cameras_of(place)
    if "area" in match.slots:
        cameras = [e for e in cameras if place.names.entities[e].area_id == match.slots["area"]]
        return _sighting(target, _one(cameras, place), gone) if cameras else None
    said = match.slots.get("camera", "any")
    if said == "any" or not cameras:
        return Sighting(target=target, gone=gone, sudden=True, how=KIND)
    named_so = said == "camera"
    chosen = _one(cameras, place) if named_so else place.settle(Target(tuple(cameras), KIND, "one"))
    return _sighting(target, chosen, gone) if chosen else None


def _one(cameras: list[str], place: Place) -> Target | None:
    return place.settle(Target(tuple(cameras), KIND, "one" if len(cameras) > 1 else ""))


def _sighting(target: str, camera: Target | None, gone: bool) -> Sighting | None:
    if camera is None:
        return None
    unclear = camera if camera.unclear else None
    entity_id = camera.entity_ids[0]
    return Sighting(target=target, camera=entity_id, gone=gone, sudden=True, unclear=unclear, how=camera.how)
