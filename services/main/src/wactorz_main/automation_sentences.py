"""Sentences about Home Assistant's automations that need neither grammar nor model; pure."""

import re

_WORD = r"(?:automation|automatisierung)"
_WORDS = r"(?:automations|automationen|automatisierungen)"
_NAMED = (
    rf"(?:(?:the|die|das|my|meine) )?(?:{_WORD} (?:(?:called|named|namens) )?(?P<after>.+?)|"
    rf"(?P<before>.+?)[ -]{_WORD})"
)
_LIST = re.compile(
    rf"^(?:please )?(?:(?:list|show(?: me)?|zeige?(?: mir)?|liste)(?: all| alle)?(?: my| the| meine| die)? {_WORDS}|"
    rf"(?:which|what|welche) {_WORDS}(?: are there| do i have| exist| gibt es| habe ich)?)[?.! ]*$",
    re.IGNORECASE,
)
_VERBS = {
    "show": r"(?:show(?: me)?|explain|describe|what does|was macht|erkläre?(?: mir)?|zeige?(?: mir)?)",
    "enable": r"(?:enable|turn on|switch on|activate|aktiviere?|schalte? ein)",
    "disable": r"(?:disable|turn off|switch off|deactivate|deaktiviere?|schalte? aus)",
    "delete": r"(?:delete|remove|lösche?|entferne?)",
}
_ONE = {
    verb: re.compile(rf"^(?:please |bitte )?{words} {_NAMED}(?: do)?[?.! ]*$", re.IGNORECASE)
    for verb, words in _VERBS.items()
}
_CHANGE = re.compile(
    rf"^(?:please |bitte )?(?:change|edit|modify|ändere?) {_NAMED}"
    r"(?::| so that| such that| so, dass| to) (?P<what>.+)$",
    re.IGNORECASE,
)


def read_wish(text: str) -> tuple[str, ...] | None:
    """The arguments of /automations that a sentence means; None when it means something else."""
    if "automati" not in text.casefold():
        return None
    if _LIST.match(text):
        return ()
    for verb, pattern in _ONE.items():
        found = pattern.match(text)
        if found is not None:
            return (verb, _name(found))
    changed = _CHANGE.match(text)
    return ("change", f"{_name(changed)}: {changed['what']}") if changed is not None else None


def _name(found: "re.Match[str]") -> str:
    return str(found["after"] or found["before"]).strip(" '\"")
