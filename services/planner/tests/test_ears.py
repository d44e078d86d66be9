from wactorz_planner.ears import Ears


async def test_it_listens_to_what_is_wanted_and_to_nothing_else():
    listening, heard = {}, []

    def listen(filter_, listener):
        listening[filter_] = listener
        return lambda: listening.pop(filter_)

    async def hear(filter_, topic, data, retained):
        heard.append((filter_, topic, data, retained))

    ears = Ears(listen, hear)
    assert ears.want(("a/#", "b", "a/#"))
    assert not ears.want(("b", "a/#"))
    await listening["a/#"]("a/x", b"1", True)
    assert heard == [("a/#", "a/x", b"1", True)]
    assert ears.want(("b", "c"))
    assert sorted(listening) == ["b", "c"]
    assert ears.filters == ("b", "c")
