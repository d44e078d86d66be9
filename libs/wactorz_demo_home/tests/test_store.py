from datetime import UTC, datetime

import pytest

from wactorz_demo_home.condition import Condition
from wactorz_demo_home.context import Context
from wactorz_demo_home.errors import DemoHomeError
from wactorz_demo_home.states import first_state
from wactorz_demo_home.store import Store


def test_states_and_documents_come_back(tmp_path):
    state = first_state("light.a", Condition("on", {"x": [1]}, {"y": 2}), Context(user_id="me"), datetime.now(UTC))
    store = Store(tmp_path / "deep" / "house.sqlite")
    store.save([state])
    store.save_document("registry", {"areas": []})
    again = Store(tmp_path / "deep" / "house.sqlite")
    assert again.load() == {"light.a": state}
    assert again.load_document("registry") == {"areas": []}
    assert again.load_document("nothing") is None
    again.forget("light.a")
    assert store.load() == {}
    store.close()
    again.close()


def test_a_broken_file_is_said(tmp_path):
    (tmp_path / "house.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(DemoHomeError, match="cannot use its state file"):
        Store(tmp_path / "house.sqlite")
