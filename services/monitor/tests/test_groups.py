"""Orders of starting, and companions."""

from wactorz_common.supervision import Group, History, Strategy
from wactorz_monitor.container_facts import Unit
from wactorz_monitor.groups import companions, waves


def names(found):
    return [[unit.name for unit in wave] for wave in found]


def test_infrastructure_first_then_by_dependence():
    units = [
        Unit("planner", "1", depends=("map", "broker")), Unit("map", "2"), Unit("demo-home", "3", order=10),
        Unit("bridge", "4", order=10, depends=("demo-home",)), Unit("llm", "5"),
    ]  # fmt: skip
    assert names(waves(units)) == [["demo-home"], ["bridge"], ["llm", "map"], ["planner"]]


def test_a_circle_starts_at_once():
    assert names(waves([Unit("a", "1", depends=("b",)), Unit("b", "2", depends=("a",))])) == [["a", "b"]]
    assert waves([]) == []


def test_companions_are_the_wanted_members_in_order():
    group = Group("home", Strategy.REST_FOR_ONE, ("bridge", "map", "planner", "absent"))
    units = {name: Unit(name, name, down=False) for name in ("bridge", "map", "planner", "llm")}
    assert [unit.name for unit in companions((group,), units, units["map"])] == ["map", "planner"]
    assert [unit.name for unit in companions((group,), units, units["llm"])] == ["llm"]
    units["planner"].history = History(quarantined=True)
    units["bridge"].busy = True
    everybody = Group("home", Strategy.ONE_FOR_ALL, group.members)
    assert [unit.name for unit in companions((everybody,), units, units["map"])] == ["map"]
