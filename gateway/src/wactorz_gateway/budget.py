"""A budget of bytes per second, so that telemetry never floods an idle browser."""

from dataclasses import dataclass


@dataclass
class Budget:
    """A token bucket: `rate` bytes per second, at most `burst` saved up; one frame may run it into debt."""

    rate: float
    burst: float
    saved: float = 0.0
    at: float = 0.0

    def spend(self, size: int, now: float) -> bool:
        """Take `size` bytes at `now` (seconds); False while there is a debt, and then nothing is taken."""
        self.saved = min(self.burst, self.saved + (now - self.at) * self.rate)
        self.at = now
        if self.saved <= 0:
            return False
        self.saved -= size
        return True
