"""What every budget has left, in memory: checked and set aside in one step, so that no two calls spend the same."""

from dataclasses import dataclass, replace

from wactorz_common.errors import WactorzError
from wactorz_llm.budget import Budget, Key

HOLD_SECONDS = 900.0
"""A reservation of an earlier run that is older than this belongs to a lost call: it counts as what it sent."""


class OverBudget(WactorzError):
    """A call does not fit into a budget; the message is a sentence for a person."""

    code = "budget"


@dataclass(frozen=True)
class Hold:
    """Money set aside for one call, in nano-dollars; `sent` is what its input alone costs."""

    at: float
    payer: str
    above: tuple[str, ...]
    held: int
    sent: int
    earlier: bool = False
    """Whether an earlier run of the service set it aside, so that nobody may settle it."""


@dataclass(eq=False)
class Standing:
    """A budget, from when its present period counts, and what was spent since then."""

    budget: Budget
    begin: float
    spent: int = 0


class Purse:
    """Keeps the standings; the caller tells the time and writes everything down."""

    def __init__(self) -> None:
        self._standings: dict[Key, Standing] = {}
        self._prepared: list[Standing] = []
        self._holds: dict[int, Hold] = {}

    def prepare(self, standing: Standing) -> None:
        """Count what is settled from now on for a budget that is to be taken in."""
        self._prepared.append(standing)

    def install(self, standing: Standing, spent: int = 0) -> None:
        """Take a budget in, or in place of the one with its key; `spent` was settled before it was prepared."""
        if standing in self._prepared:
            self._prepared.remove(standing)
        standing.spent += spent
        self._standings[standing.budget.key] = standing

    def reopen(self, row: int, hold: Hold) -> None:
        """Take over what an earlier run had set aside."""
        self._holds[row] = hold

    def check(self, wanted: Hold) -> None:
        """Raise OverBudget when `wanted` does not fit into every budget that it concerns."""
        self._roll(wanted.at)
        for standing in self._standings.values():
            budget = standing.budget
            if budget.active and budget.concerns(wanted.payer, wanted.above):
                refusal = budget.refusal(standing.spent, self._held(standing), wanted.held)
                if refusal:
                    raise OverBudget(refusal)

    def hold(self, key: int, wanted: Hold) -> None:
        """Set money aside under `key`, or raise OverBudget."""
        self.check(wanted)
        self._holds[key] = wanted

    def extend(self, key: int, extra: int) -> None:
        """Set more aside for a call that runs, or raise OverBudget and leave all as it was."""
        hold = self._holds[key]
        self.check(replace(hold, held=extra))
        self._holds[key] = replace(hold, held=hold.held + extra)

    def settle(self, key: int, cost: int) -> None:
        """Put what a call has cost in the place of what was set aside."""
        hold = self._holds.pop(key, None)
        if hold is None:
            return
        for standing in (*self._standings.values(), *self._prepared):
            if hold.at >= standing.begin and standing.budget.concerns(hold.payer, hold.above):
                standing.spent += cost

    def expire(self, now: float) -> list[tuple[int, Hold]]:
        """Settle lost calls of an earlier run at what they sent, and name them."""
        lost = [(key, hold) for key, hold in self._holds.items() if hold.earlier and hold.at < now - HOLD_SECONDS]
        for key, hold in lost:
            self.settle(key, hold.sent)
        return lost

    def state(self, now: float) -> tuple[tuple[Standing, int], ...]:
        """Every budget that is set, and what is held in it."""
        self._roll(now)
        return tuple((one, self._held(one)) for one in self._standings.values() if one.budget.active)

    def limits(self, payer: str, above: tuple[str, ...]) -> bool:
        """Whether any budget concerns that payer."""
        return any(one.budget.active and one.budget.concerns(payer, above) for one in self._standings.values())

    def _held(self, standing: Standing) -> int:
        return sum(
            hold.held
            for hold in self._holds.values()
            if hold.at >= standing.begin and standing.budget.concerns(hold.payer, hold.above)
        )

    def _roll(self, now: float) -> None:
        """Begin new periods; a clock that is set back begins none again."""
        for standing in self._standings.values():
            begin = standing.budget.begins_at(now)
            if begin > standing.begin:
                standing.begin, standing.spent = begin, 0
