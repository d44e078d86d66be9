from wactorz_demo_home.context import Context, new_id


def test_ids_are_ulids_that_sort_by_time(monkeypatch):
    monkeypatch.setattr("wactorz_demo_home.context.time.time", lambda: 1_000_000.0)
    early = new_id()
    monkeypatch.setattr("wactorz_demo_home.context.time.time", lambda: 1_000_001.0)
    late = new_id()
    assert len(early) == len(late) == 26
    assert early < late
    assert not set(early) & set("ILOU")


def test_a_context_names_who_and_why():
    context = Context(user_id="owner", parent_id="cause")
    assert context.as_dict() == {"id": context.id, "parent_id": "cause", "user_id": "owner"}
    assert Context().id != Context().id
