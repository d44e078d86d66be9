"""Questions why a rule did not fire, in words: read without grammar and model; pure."""

import re
from collections.abc import Iterable

from wactorz_common.contracts.rules import Rule
from wactorz_main.words import telling

RULE = "rule"
"""First argument of /why when it is about a rule."""

_ID = r"[0-9a-f]{8}"
_ENGLISH = re.compile(
    rf"^why (?:did|does|has|didn['\u2019]t|doesn['\u2019]t|hasn['\u2019]t) (?:the |my |our )?"
    rf"(?P<rule>(?=.*\brule\b|{_ID}\b).+?) "
    r"(?:not )?(?:fire|fired|run|trigger|triggered|act|acted|go off|gone off|work|worked|do anything)\b(?P<when>.*)$",
    re.IGNORECASE,
)
_GERMAN = re.compile(
    rf"^(?:warum|wieso|weshalb) (?:hat|ist|tut|tat) (?:die |meine |unsere )?(?P<rule>(?=.*\b\w*regel\b|{_ID}\b).+?) "
    r"(?:nicht|nichts) (?:gefeuert|ausgelöst|gehandelt|funktioniert|reagiert|gelaufen|getan|angesprungen)[?.! ]*$",
    re.IGNORECASE,
)


def read_question(text: str) -> tuple[str, ...] | None:
    """The arguments of /why that a question about a rule means; None when it is another sentence."""
    found = _ENGLISH.match(text) or _GERMAN.match(text)
    if found is None:
        return None
    when = found.groupdict().get("when") or ""
    return (RULE, *f"{found['rule']} {when}".strip(" ?.!").split())


def chosen(rules: Iterable[Rule], text: str) -> list[Rule]:
    """The rules that a text means: by id, else those that share most of its words; all when it says nothing."""
    known = list(rules)
    by_id = [one for one in known if one.rule_id in text.casefold().split()]
    wanted = _stems(text) - _RULE_STEMS
    if by_id or not wanted:
        return by_id or known
    scores = [len(wanted & _stems(f"{one.task} {one.summary}")) for one in known]
    best = max(scores, default=0)
    return [one for one, score in zip(known, scores, strict=True) if score == best and best > 0]


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in telling(text))


_STEM = 5
_RULE_STEMS = frozenset({"rule", "rules", "regel", "fire", "fired"})
