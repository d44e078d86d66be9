"""What code keeps never meets what the library keeps."""

from wactorz_common.store import Store
from wactorz_dynamic_agent.keys import KEPT


async def test_no_key_of_code_is_one_of_the_library(store: Store) -> None:
    await store.persist_all({"_agent_id": "minted", f"{KEPT}_agent_id": "claimed", "_data_topics": ["a"]})
    assert store.recall("_agent_id") == "minted"
    own = {key.removeprefix(KEPT): value for key, value in store.kept().items() if key.startswith(KEPT)}
    assert own == {"_agent_id": "claimed"}
