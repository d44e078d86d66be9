from typing import get_args

from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.contracts.plans import PlanStatus, StepStatus
from wactorz_main import german
from wactorz_testing.phrases import gaps

WORDS = {*AgentState, *get_args(PlanStatus), *get_args(StepStatus), "quarantined", "active"}


def test_every_sentence_has_its_german_twin():
    assert gaps(german, WORDS) == []
    assert WORDS - german.GERMAN.keys() == set()
