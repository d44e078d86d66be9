import math

from hypothesis import given
from hypothesis import strategies as st

from wactorz_planner.agenda import Agenda


def test_the_earliest_comes_first_and_a_new_moment_replaces_the_old_one():
    agenda = Agenda()
    assert agenda.next() == math.inf
    assert agenda.put("a", 5.0)
    assert not agenda.put("b", 7.0)
    assert agenda.put("b", 3.0)
    assert agenda.take_due(4.0) == ["b"]
    agenda.put("a", None)
    assert agenda.next() == math.inf
    assert agenda.take_due(99.0) == []


@given(st.lists(st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(0, 50))), max_size=400))
def test_it_holds_the_last_moment_of_each_key(puts):
    agenda, expected = Agenda(), {}
    for key, at in puts:
        agenda.put(key, at)
        expected[key] = at
    due = {key: at for key, at in expected.items() if at is not None}
    assert agenda.next() == min(due.values(), default=math.inf)
    assert sorted(agenda.take_due(25)) == sorted(key for key, at in due.items() if at <= 25)
    assert sorted(agenda.take_due(50)) == sorted(key for key, at in due.items() if at > 25)
