from wactorz_common.contracts.plans import Plan, RunPlan
from wactorz_common.errors import TransportError
from wactorz_planner.plans.book import KeptPlan
from wactorz_planner.plans.stream import PlanStream


class Line:
    """What was told, until the broker is away."""

    def __init__(self, chat_id="c1"):
        plan = Plan(plan_id="p1", task="t", steps=(), status="running", created_at=1)
        self.kept = KeptPlan(plan, RunPlan(task="t", chat_id=chat_id), "t1", "trace")
        self.pieces, self.events, self.away = [], [], False
        self.stream = PlanStream(self.kept, self.send_piece, self.send_event)

    async def send_piece(self, piece):
        self.pieces.append((piece.id, piece.index, piece.content))

    async def send_event(self, event):
        if self.away:
            raise TransportError("the broker is away")
        self.events.append((event.step, event.status, event.text))


async def test_each_line_is_an_event_for_all_and_a_numbered_piece_for_who_asked():
    line = Line()
    await line.stream.tell(0, "running", "Plan")
    await line.stream.tell(1, "done", "Step")
    assert line.events == [(0, "running", "Plan"), (1, "done", "Step")]
    assert line.pieces == [("c1", 0, "Plan\n"), ("c1", 1, "Step\n")]
    assert line.kept.pieces == 2, "the answer goes on where they end"


async def test_nobody_follows_without_an_address_or_after_an_answer():
    for line in (Line(chat_id=""), Line()):
        line.stream.leave()
        await line.stream.tell(1, "done", "Step")
        assert (len(line.events), line.pieces, line.kept.pieces) == (1, [], 0)


async def test_who_follows_from_here_on_gets_pieces_from_zero_and_the_same_one_goes_on():
    line = Line()
    await line.stream.tell(0, "running", "Plan")
    line.stream.turn_to("c1")
    line.stream.turn_to("")
    await line.stream.tell(1, "done", "a")
    line.stream.turn_to("c2")
    await line.stream.tell(2, "done", "b")
    assert [(one, index) for one, index, _ in line.pieces] == [("c1", 0), ("c1", 1), ("c2", 0)]


async def test_what_the_broker_does_not_take_counts_for_nothing_and_breaks_nothing():
    line = Line()
    line.away = True
    await line.stream.tell(0, "running", "Plan")
    assert (line.pieces, line.kept.pieces) == ([], 0)
