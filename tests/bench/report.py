"""One measured figure and its bar."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measured value; `at_most` or `at_least` is the bar it is held against."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def bar(self) -> str:
        """The bar in words; empty without one."""
        if self.at_most is not None:
            return f"<= {self.at_most:g} {self.unit}"
        return f">= {self.at_least:g} {self.unit}" if self.at_least is not None else ""

    @property
    def holds(self) -> bool:
        """Whether the bar is reached."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return self.at_least is None or self.value >= self.at_least

    def line(self) -> str:
        """One line of the report."""
        mark = "" if not self.bar else ("  ok" if self.holds else "  BELOW THE BAR")
        value = f"{self.value:,.0f}" if self.value >= 100 else f"{self.value:.2f}"  # three digits
        return f"{self.name:<52} {value:>10} {self.unit:<5} {self.bar:<14}{mark}"
