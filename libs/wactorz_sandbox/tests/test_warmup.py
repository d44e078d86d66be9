import gc

from wactorz_sandbox.guest import warmup


def test_the_sample_agent_uses_the_library_without_an_error():
    frozen = gc.get_freeze_count()
    warmup.run()
    assert gc.get_freeze_count() > frozen
    gc.unfreeze()
