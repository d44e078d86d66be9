"""What a conversation remembers travels as JSON and does not last."""

from wactorz_understanding.context import Context, Mention, Pending
from wactorz_understanding.meaning import Choice

MENTION = Mention(text="turn on the fan", kind="calls", verb="turn_on", entity_ids=("fan.a",), at=100)
PENDING = Pending(text="turn on the fan", choices=(Choice(entity_id="fan.a", label="Fan"),), at=200)


def test_what_is_old_is_forgotten():
    context = Context(last=MENTION, pending=PENDING, lifetime_seconds=60)
    assert context.alive(160).last == MENTION
    assert context.alive(161).last is None
    assert context.alive(161).pending == PENDING
    assert context.alive(261) == Context(lifetime_seconds=60)


def test_it_travels():
    context = Context(language="de", area_id="kitchen", last=MENTION, pending=PENDING)
    assert Context.decode(context.encode()) == context


def test_the_context_of_a_house_that_changed_does_no_harm(converse, understander):
    meaning = understander.understand("turn it off", Context(last=MENTION.model_copy(update={"at": 9e12}))).meaning
    assert meaning.kind == "not_understood"
    gone = Pending(text="turn on the fan", choices=PENDING.choices, at=9e12)
    assert understander.understand("the first", Context(pending=gone)).meaning.kind != "rule"
    assert understander.understand("fan", Context(pending=gone)).meaning.kind != "rule"
