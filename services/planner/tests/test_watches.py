from wactorz_common.contracts.rules import DetectionTrigger, IntervalTrigger, Rule, RuleDraft
from wactorz_planner.watches import Watches, wanted


def rule(number, trigger, status="active"):
    return Rule(rule_id=f"r{number}", task="t", draft=RuleDraft(trigger=trigger), created_at=number, status=status)


PERSON = DetectionTrigger(target="person", camera="webcam")


class Broker:
    def __init__(self, declared=()):
        self.said, self.kept = [], []
        self.watches = Watches(self.say, self.keep, declared)

    async def say(self, slug, watch):
        self.said.append((slug, watch and watch.rule_id))

    async def keep(self, slugs):
        self.kept.append(slugs)


def test_rules_that_want_the_same_share_a_watch_and_resting_ones_want_none():
    gone = PERSON.model_copy(update={"gone": True})
    rules = [rule(1, PERSON, "paused"), rule(2, PERSON), rule(3, gone), rule(4, IntervalTrigger(seconds=60))]
    watches = wanted(rules)
    assert [(slug, watch.rule_id, watch.target, watch.camera) for slug, watch in watches.items()] == [
        ("person-webcam", "r2", "person", "webcam")
    ]


async def test_watches_are_declared_once_and_withdrawn_when_nobody_wants_them():
    broker = Broker()
    await broker.watches.declare(wanted([rule(1, PERSON)]))
    await broker.watches.declare(wanted([rule(1, PERSON)]))
    assert broker.said == [("person-webcam", "r1")]
    await broker.watches.declare({})
    assert broker.said[1:] == [("person-webcam", None)]
    assert broker.kept[-1] == []


async def test_what_was_declared_before_a_crash_is_withdrawn_after_it():
    broker = Broker(declared=["dog", "person-webcam"])
    watches = wanted([rule(1, PERSON)])
    assert broker.watches.differ(watches)
    await broker.watches.declare(watches)
    assert broker.said == [("dog", None), ("person-webcam", "r1")]
    assert broker.kept == [["dog", "person-webcam"], ["person-webcam"]]


async def test_everything_is_said_again_after_a_connection():
    broker = Broker()
    watches = wanted([rule(1, PERSON)])
    await broker.watches.declare(watches)
    await broker.watches.declare(watches, anew=True)
    assert broker.said == [("person-webcam", "r1")] * 2
