"""Sentences about what is remembered: stored, told and forgotten without a model; pure."""

import re

_REMEMBER = re.compile(
    r"^(?:please )?(?:remember|note|keep in mind|don['\u2019]t forget)(?: for me)?"
    r"(?:,? that |: ?|,? (?=(?:my|our|i|i['\u2019]m|we|the)\b))(?P<what>.+)$|"
    r"^(?:bitte )?(?:merke? dir|vergiss nicht|denke? daran|behalte? (?:im kopf|in erinnerung))(?: bitte)?"
    r"(?:,? ?dass |: ?)(?P<was>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_RECALL = re.compile(
    r"^(?:what|which things) (?:do|can) you (?:remember|know)(?: (?:of|about) (?:me|us))?[?.! ]*$|"
    r"^what have i told you(?: about (?:me|myself))?[?.! ]*$|"
    r"^was (?:weißt|weisst) du (?:über|von) (?:mich|mir|uns)[?.! ]*$|"
    r"^was hast du dir (?:über mich |von mir )?gemerkt[?.! ]*$|^woran erinnerst du dich[?.! ]*$|"
    r"^what do you (?:know|remember)[?.! ]*$",
    re.IGNORECASE,
)
_CLEAR = re.compile(
    r"^(?:please )?forget (?:everything|all)(?: (?:that )?(?:you (?:know|remember)|i (?:have )?told you))?"
    r"(?: (?:of|about) (?:me|us))?[.! ]*$|"
    r"^(?:bitte )?vergiss alles(?:,? was du (?:über mich weißt|dir gemerkt hast)| über mich)?[.! ]*$",
    re.IGNORECASE,
)
_NAMED = (
    ("person_name", re.compile(
        r"^(?:my name is|i am called|call me|ich heiße|mein name ist|nenne? mich) (?P<value>[^,.;!?]{1,60})$",
        re.IGNORECASE)),
    ("pref", re.compile(
        r"^i (?:prefer|like|love|hate|dislike|always want|never want) (?P<value>.+)$|"
        r"^ich (?:mag|bevorzuge|liebe|hasse|möchte immer|möchte nie) (?P<wert>.+)$", re.IGNORECASE)),
    ("fact", re.compile(
        r"^(?:my|our|mein\w*|unser\w*|the|der|die|das) (?P<value>[\w' -]{2,60}?) "
        r"(?:is|are|has|have|ist|sind|hat|heißt) ",
        re.IGNORECASE)),
)  # fmt: skip
_WORD = re.compile(r"[a-z0-9]+")
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "á": "a", "ñ": "n"})
_FEW_MEANING = "a an the my our is are that i it to of in on at der die das ein eine ist sind dass ich mein meine wir"
_SKIPPED = frozenset(_FEW_MEANING.split())
_WORDS_IN_KEY = 5
_LONGEST_KEY = 60


def read_memory_wish(text: str) -> tuple[str, ...] | None:
    """The arguments of /memory that a sentence means; None when it means something else."""
    if _RECALL.match(text):
        return ()
    if _CLEAR.match(text):
        return ("clear",)
    found = _REMEMBER.match(text)
    what = (found["what"] or found["was"]).strip() if found is not None else ""
    return ("remember", what) if what else None


def key_of(statement: str) -> str:
    """The name that a fact gets which is kept as it was said: the same for statements about the same thing."""
    plain = " ".join(statement.split()).rstrip(".! ")
    for kind, pattern in _NAMED:
        found = pattern.match(plain)
        if found is not None:
            about = next((one for one in found.groups() if one), "")
            return kind if kind == "person_name" else _key(kind, about)
    return _key("fact", plain)


def _key(kind: str, about: str) -> str:
    found = _WORD.findall(about.casefold().translate(_LETTERS))
    telling = [word for word in found if word not in _SKIPPED] or found or ["note"]
    return f"{kind}_{'_'.join(telling[:_WORDS_IN_KEY])}"[:_LONGEST_KEY].rstrip("_")
