"""Moments as people say them, in the language of the work at hand."""

from datetime import datetime

from wactorz_common.language import language, primary
from wactorz_planner import phrases, phrases_de
from wactorz_planner.german import phrase

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SHORT_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May ", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def long(moment: datetime) -> str:
    """Weekday, day, month and time: Monday 3 March at 14:30."""
    return phrase(
        "{weekday} {day} {month} at {clock}",
        weekday=phrase(_DAYS[moment.weekday()]), day=moment.day, month=phrase(_MONTHS[moment.month - 1]),
        clock=f"{moment:%H:%M}",
    )  # fmt: skip


def short(moment: datetime) -> str:
    """The same with short names: Mon 3 Mar 14:30."""
    return phrase(
        "{weekday} {day} {month} {clock}",
        weekday=phrase(_SHORT_DAYS[moment.weekday()]), day=moment.day,
        month=phrase(_SHORT_MONTHS[moment.month - 1]).strip(), clock=f"{moment:%H:%M}",
    )  # fmt: skip


def span(seconds: float) -> str:
    """A duration: 90 s, 5 min, 2 h, 3 days."""
    return phrases_de.duration(seconds) if primary(language()) == "de" else phrases.duration(seconds)
