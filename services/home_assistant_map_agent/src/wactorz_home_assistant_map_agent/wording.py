"""What the map agent tells a person; pure."""

from wactorz_common.contracts.home import House

HELP = "I know three commands: status, refresh, refresh simple."


def contents(house: House) -> str:
    """How much there is in the house."""
    counts = (
        (len(house.areas), "area", "areas"),
        (len(house.devices), "device", "devices"),
        (len(house.entities), "entity", "entities"),
    )
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts)


def status(house: House | None, problem: str, events: int) -> str:
    """Whether Home Assistant is in reach, and what is known of the house."""
    reach = problem or "Home Assistant is connected."
    if house is None:
        return f"{reach} The house is not known yet."
    seen = f"{events} change{'' if events == 1 else 's'} noticed since my start"
    return f"{reach} {house.name}: {contents(house)} (version {house.version}); {seen}."


def nothing_told(url: str) -> str:
    """The alert when Home Assistant answers none of the questions about what is in the house."""
    return (
        f"Home Assistant at {url} answers, but it tells neither areas nor devices nor entities: this version of it is "
        "too old or too new, or the user of HA_TOKEN may not read them. Devices are known by their states alone."
    )
