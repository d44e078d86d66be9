from wactorz_sandbox.guest.directory import Directory


def test_rows_with_a_keyword():
    known = {"topics": [{"topic": "sensors/Kitchen"}, {"topic": "custom/x"}], "capabilities": [{"name": "weather"}]}
    directory = Directory(known)
    assert directory.topics("kitchen") == [{"topic": "sensors/Kitchen"}]
    assert len(directory.topics()) == 2
    assert directory.capabilities("rain") == []
    assert directory.agents() == directory.nodes() == []


def test_a_caller_cannot_change_the_snapshot():
    directory = Directory({"agents": [{"name": "a"}]})
    directory.agents().clear()
    assert directory.agents() == [{"name": "a"}]
