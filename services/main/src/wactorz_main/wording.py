"""Answers in words; pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from wactorz_common.briefing import relevant, words
from wactorz_common.contracts.home import House
from wactorz_common.contracts.rules import FiringReport, Rule
from wactorz_main import texts
from wactorz_main.german import phrase
from wactorz_main.texts import clock

NOT_YET_KNOWN = "I am still getting to know the home. Please try again in a few seconds."
PACKAGES = (
    "There is no list of packages that are allowed for good: a spawned agent names the Python packages that it needs "
    "(install), and each time that waits for your yes. /approvals shows what waits."
)
ARTIFACTS = (
    "There is no store for files that agents make: what an agent keeps is its own state, and what it tells is on its "
    "topics. /topics shows those, /agents who is here."
)
NOT_HEARD = "not heard yet"
"""State of an agent that has not said anything."""

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
        state = self.state or NOT_HEARD
        if state not in ("failed", "stopped", NOT_HEARD) and now - self.heard_at > _SILENT_SECONDS:
            return "silent"
        return state


def deploy_text(node: str) -> str:
    """How a further machine is taken in today."""
    return phrase(
        "Installing on {node} from here is not available. Start a runner there: the image wactorz-node, or "
        "`python -m wactorz_edge.guest_node`, with the address and account of the broker. It appears in /nodes in "
        "about 15 s; then /migrate AGENT NODE moves agents to it.",
        node=node,
    )


def unknown_home_text(problem: str) -> str:
    """Why nothing can be done before the home is known."""
    if not problem:
        return phrase(NOT_YET_KNOWN)
    return f"{texts.sentence(problem)} {phrase('Nothing was done.')}"


def rules_text(rules: Iterable[Rule]) -> str:
    """One line per rule."""
    lines = [_rule(rule) for rule in rules]
    if not lines:
        return phrase(
            "There are no rules yet. Say one: when the kitchen temperature goes above 28 degrees, turn on the fan."
        )
    head = phrase("{count} rules:", count=len(lines)) if len(lines) > 1 else phrase("1 rule:")
    return "\n".join([head, *lines, phrase(_CHANGE_RULES)])


def rule_text(rule: Rule, firings: Iterable[FiringReport], time_zone: str) -> str:
    """One rule with its sentence, what it opens, and what came of its last firings, newest first."""
    opens = phrase(
        "It opens: {opens}, which a person allowed once for all."
        if rule.granted
        else "It opens: {opens}, and asks each time.",
        opens=rule.opens,
    )
    lines = [
        f"  {clock(one.fired_at, time_zone, phrase(_MOMENT))}: {phrase(_VERDICTS[one.verdict])}{_outcome(one)}"
        for one in firings
    ]
    return "\n".join(
        filter(None, [
            _rule(rule), phrase("Said: {task}", task=rule.task), opens if rule.opens else "",
            phrase("Last firings:" if lines else "It has not fired yet."), *lines,
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
    what = phrase("The stop" if halted else "The release")
    if heard:
        return phrase(
            "{what} is confirmed by {heard}, but {late} did not answer. I keep asking until it does.",
            what=what, heard=_all(heard), late=_all(late),
        )  # fmt: skip
    return phrase(
        "{what} is not confirmed yet: {late} did not answer. I keep asking until it does.", what=what, late=_all(late)
    )


def _all(names: list[str]) -> str:
    return phrase(" and ").join(names)


def _outcome(firing: FiringReport) -> str:
    return f" ({firing.outcome.rstrip('.')})" if firing.outcome else ""


def _rule(rule: Rule) -> str:
    acted = phrase("acted {count} times" if rule.firings != 1 else "acted {count} time", count=rule.firings)
    held = phrase(", {count} held back", count=rule.suppressed) if rule.suppressed else ""
    note = phrase(" Last: {note}.", note=rule.note.rstrip(".")) if rule.note else ""
    return f"- {rule.rule_id} ({phrase(rule.status)}; {acted}{held}): {rule.summary or rule.task}{note}"
