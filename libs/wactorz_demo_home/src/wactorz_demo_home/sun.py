"""The sun of the house: up from six to six, UTC."""

from datetime import UTC, datetime, timedelta

from wactorz_demo_home.condition import Condition

RISES, SETS = 6, 18


def next_at(now: datetime, hour: int) -> datetime:
    """Return the next time that the clock shows a full hour of the day, UTC."""
    today = now.astimezone(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


def sky(now: datetime) -> Condition:
    """Return the condition of sun.sun at a time."""
    rising, setting = next_at(now, RISES), next_at(now, SETS)
    up = setting < rising
    return Condition(
        "above_horizon" if up else "below_horizon",
        {
            "next_rising": rising.isoformat(),
            "next_setting": setting.isoformat(),
            "rising": now.astimezone(UTC).hour < RISES + 6,
            "friendly_name": "Sun",
        },
    )


def next_edge(now: datetime) -> datetime:
    """Return when the sun rises or sets next."""
    return min(next_at(now, RISES), next_at(now, SETS))
