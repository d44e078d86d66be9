"""The language in which the work at hand answers, and the sentences of a package in it.

A task carries the language of the person behind it (`_language`): the handler speaks it, and so does whoever it asks.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

ENGLISH = "en"
"""What is spoken where nobody has said otherwise, and where a sentence has not been translated."""

_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,2}", re.IGNORECASE)
_spoken: ContextVar[str] = ContextVar("wactorz_language", default="")


def language() -> str:
    """The language to answer in."""
    return _spoken.get() or ENGLISH


def chosen_language() -> str:
    """The language that came with the work at hand; empty when nobody has named one."""
    return _spoken.get()


def speak(code: str) -> None:
    """Answer in another language from here on, until the task at hand ends; what is no language changes nothing."""
    _spoken.set(language_code(code) or _spoken.get())


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Answer in a language within this block; empty: in that of nobody."""
    token = _spoken.set(language_code(code))
    try:
        yield
    finally:
        _spoken.reset(token)


def language_code(text: str) -> str:
    """A code such as de or de-AT; empty when the text is none."""
    return text if _CODE.fullmatch(text) else ""


def preferred_language(header: str) -> str:
    """The first language of an Accept-Language header; empty when it names none."""
    weighed: list[tuple[float, str]] = []
    for part in header[:200].split(","):
        code, _, weight = part.partition(";")
        try:
            weighed.append((float(weight.strip().removeprefix("q=") or 1), language_code(code.strip())))
        except ValueError:
            continue
    best = max(weighed, key=lambda one: one[0], default=(0.0, ""))  # the first of several that weigh the same
    return best[1] if best[0] > 0 else ""


def primary(code: str) -> str:
    """A language without its region, as tables name it."""
    return code.replace("_", "-").partition("-")[0].casefold()


class Phrases:
    """The sentences of one package: written in English where they are used, looked up in its table of German ones.

    A package has them in its `german.py`: `phrase = Phrases(GERMAN)`. What is missing in the table is said in English.
    """

    def __init__(self, german: Mapping[str, str]) -> None:
        self._tables = {"de": german}

    def __call__(self, english: str, /, **values: object) -> str:
        """A sentence in the language of the work at hand; `values` fill its places."""
        text = self._tables.get(primary(language()), {}).get(english, english)
        return text.format(**values) if values else text


def from_tables(tables: Mapping[str, Mapping[str, str]], code: str, key: str, /, **values: object) -> str:
    """A sentence by its key from tables by language; what a language lacks is said in English."""
    table = tables.get(primary(code), tables[ENGLISH])
    return table.get(key, tables[ENGLISH][key]).format(**values)


def grouped(number: int) -> str:
    """A whole number in the language of the work at hand: 10,000, or 10.000."""
    told = f"{number:,}"
    return told.replace(",", ".") if primary(language()) == "de" else told


def decimal(value: float) -> str:
    """A number in the language of the work at hand: 21.5, or 21,5."""
    told = f"{value:g}"
    return told.replace(".", ",") if primary(language()) == "de" else told
