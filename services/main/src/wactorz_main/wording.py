"""Answers in words; pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from wactorz_common.briefing import relevant, words
from wactorz_common.contracts.home import House
from wactorz_common.contracts.rules import FiringReport, Rule
from wactorz_main import texts
from wactorz_main.texts import clock

NOT_YET_KNOWN = "I am still getting to know the home. Please try again in a few seconds."
NO_PLANS = (
    "Plans that several agents work on together are not available yet. "
    "I can switch devices, answer questions about the home, and make rules: start a sentence with pipeline: for a rule."
)
PACKAGES = (
    "There is no list of packages that are allowed for good: a spawned agent names the Python packages that it needs "
    "(install), and each time that waits for your yes. /approvals shows what waits."
)
ARTIFACTS = (
    "There is no store for files that agents make: what an agent keeps is its own state, and what it tells is on its "
    "topics. /topics shows those, /agents who is here."
)
_SILENT_SECONDS = 30.0
_WORD_LENGTH = 3
_MOST_NEAR = 3
_CHANGE_RULES = "To change one: /rules pause ID, resume ID or delete ID; /rules show ID tells more."
_MOMENT = "%a %d %b %H:%M:%S"
_VERDICTS = {
    "fire": "acted", "suppressed": "held back by the pause after a firing", "unmet": "conditions not met",
    "held_back": "held back", "missed": "missed",
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """An agent as heard of on the bus; `heard_at` is epoch seconds of the last sign of life, 0 for none."""

    name: str
    description: str = ""
    capabilities: tuple[str, ...] = ()
    state: str = ""
    node: str = ""
    heard_at: float = 0.0
    agent_id: str = ""
    protected: bool = False
    essential: bool = False

    @property
    def broken(self) -> bool:
        """Whether it does not run, though nobody stopped it."""
        return self.state == "failed"

    def shown(self, now: float) -> str:
        """The state as known: an agent that is silent is not called running."""
        state = self.state or "not heard yet"
        if state not in ("failed", "stopped", "not heard yet") and now - self.heard_at > _SILENT_SECONDS:
            return "silent"
        return state


def deploy_text(node: str) -> str:
    """How a further machine is taken in today."""
    return (
        f"Installing on {node} from here is not available. Start a runner there: the image wactorz-node, or "
        "`python -m wactorz_edge.guest_node`, with the address and account of the broker. It appears in /nodes in "
        "about 15 s; then /migrate AGENT NODE moves agents to it."
    )


def unknown_home_text(problem: str) -> str:
    """Why nothing can be done before the home is known."""
    return f"{problem.rstrip('.')}. Nothing was done." if problem else NOT_YET_KNOWN


def rules_text(rules: Iterable[Rule]) -> str:
    """One line per rule."""
    lines = [_rule(rule) for rule in rules]
    if not lines:
        return "There are no rules yet. Say one: when the kitchen temperature goes above 28 degrees, turn on the fan."
    return "\n".join([f"{len(lines)} rule{'s' if len(lines) > 1 else ''}:", *lines, _CHANGE_RULES])


def rule_text(rule: Rule, firings: Iterable[FiringReport], time_zone: str) -> str:
    """One rule with its sentence, what it opens, and what came of its last firings, newest first."""
    opens = (
        f"It opens: {rule.opens}, {'which a person allowed once for all' if rule.granted else 'and asks each time'}."
    )
    lines = [f"  {clock(one.fired_at, time_zone, _MOMENT)}: {_VERDICTS[one.verdict]}{_outcome(one)}" for one in firings]
    return "\n".join(
        filter(None, [
            _rule(rule), f"Said: {rule.task}", opens if rule.opens else "",
            "Last firings:" if lines else "It has not fired yet.", *lines,
        ])
    )  # fmt: skip


def not_understood_text(text: str, house: House, reason: str, language: str = "en") -> str:
    """An honest answer without a model: what was not understood, the nearest devices, and how to go on."""
    said = text if len(text) <= 120 else f"{text[:117]}..."  # noqa: PLR2004  # one line on a terminal
    wanted = {word for word in words(text) if len(word) > _WORD_LENGTH}
    found = (entity.name for entity in relevant(house, text, 6) if words(entity.name) & wanted)
    near = list(dict.fromkeys(found))[:_MOST_NEAR]
    hint = texts.say(language, "about", names=texts.either(language, near)) if near else ""
    parts = (texts.say(language, "not_understood", said=said), hint, reason, texts.say(language, "see_help"))
    return " ".join(filter(None, parts))


def stop_text(halted: bool, confirmed: Iterable[str], missing: Iterable[str], language: str = "en") -> str:
    """What holds after /stop all or /go, and who has not confirmed it."""
    told = texts.say(language, "stopped" if halted else "released")
    late, heard = sorted(missing), sorted(confirmed)
    if not late:
        return told
    what = "The stop" if halted else "The release"
    by = f"is confirmed by {' and '.join(heard)}, but" if heard else "is not confirmed yet:"
    return f"{what} {by} {' and '.join(late)} did not answer. I keep asking until it does."


def _outcome(firing: FiringReport) -> str:
    return f" ({firing.outcome.rstrip('.')})" if firing.outcome else ""


def _rule(rule: Rule) -> str:
    counts = f"{rule.firings} time{'s' if rule.firings != 1 else ''}"
    held = f", {rule.suppressed} held back" if rule.suppressed else ""
    note = f" Last: {rule.note.rstrip('.')}." if rule.note else ""
    return f"- {rule.rule_id} ({rule.status}; acted {counts}{held}): {rule.summary or rule.task}{note}"
