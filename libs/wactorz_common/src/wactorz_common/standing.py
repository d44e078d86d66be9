"""Whether somebody may do a thing, by the standing that travels with their wish, and what to say if not; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wactorz_common.contracts.chat import Standing
from wactorz_common.language import ENGLISH, from_tables, primary

_HEIGHT: Mapping[Standing, int] = MappingProxyType({"": 0, "talk": 1, "user": 2, "admin": 3, "owner": 4})
_REFUSALS = {
    ENGLISH: {
        "talk": "Nothing was done: this token may only talk, and to {what} needs one with the scope {scope}.",
        "user": "Nothing was done: only a user may {what}. Ask one to do it.",
        "admin": "Nothing was done: only an admin may {what}. Ask one to do it, or to make you one.",
        "owner": "Nothing was done: only an owner may {what}. Ask one to do it.",
    },
    "de": {
        "talk": "Es wurde nichts getan: Dieses Token darf nur reden. {What} darf eines mit dem Recht {scope}.",
        "user": "Es wurde nichts getan: {What} darf nur, wer Benutzer ist. Bitte jemanden darum.",
        "admin": "Es wurde nichts getan: {What} darf nur, wer Admin ist. Bitte jemanden darum, oder um diese Rolle.",
        "owner": "Es wurde nichts getan: {What} darf nur, wem das System gehört. Bitte jemanden darum.",
    },
}


@dataclass(frozen=True)
class Right:
    """Something that not everybody may do: the least standing, and what it is, to follow "may" and before "darf"."""

    least: Standing
    english: str
    german: str

    def refusal(self, standing: Standing, language: str = ENGLISH) -> str:
        """Why somebody may not do it, and who may; empty when they may."""
        if suffices(standing, self.least):
            return ""
        what = self.german if primary(language) == "de" else self.english
        scope = "control" if self.least == "user" else "admin"
        key = "talk" if standing == "talk" else self.least
        return from_tables(_REFUSALS, language, key, what=what, What=what[:1].upper() + what[1:], scope=scope)


def suffices(standing: Standing, least: Standing) -> bool:
    """Whether a standing is at least another one.

    Nobody's is held back by nothing: who speaks on the bus without the gateway was let in by the broker, which has
    accounts and rights of its own.
    """
    return not standing or _HEIGHT[standing] >= _HEIGHT[least]


def known(person: str, standing: Standing) -> Standing:
    """The standing to go by: somebody whom the door has named without saying more is a user at most."""
    return standing or ("user" if person else "")
