"""In which order containers start, and who goes with whom. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from wactorz_common.supervision import Group, restarted_with
from wactorz_monitor.container_facts import Unit


def waves(units: Iterable[Unit]) -> list[list[Unit]]:
    """Units in the order of starting: by their order label, then whoever depends on another after it."""
    left = sorted(units, key=lambda unit: (unit.order, unit.name))
    found: list[list[Unit]] = []
    while left:
        first = [unit for unit in left if unit.order == left[0].order]
        names = {unit.name for unit in first}
        wave = [unit for unit in first if not names & set(unit.depends)] or first  # a circle starts at once
        found.append(wave)
        left = [unit for unit in left if unit not in wave]
    return found


def companions(groups: Sequence[Group], units: Mapping[str, Unit], dead: Unit) -> list[Unit]:
    """Who is started again after a death, in order, with the dead one; nobody who is to rest or is at it already."""
    names = restarted_with(groups, dead.name)
    members = [units[name] for name in names if name in units]
    return [unit for unit in members if unit is dead or (unit.is_wanted and not unit.busy)]
