"""What the map agent tells a person; pure."""

from wactorz_common.contracts.home import House
from wactorz_home_assistant_map_agent.german import phrase

HELP = "I know three commands: status, refresh, refresh simple."


def contents(house: House) -> str:
    """How much there is in the house."""
    counts = (
        (len(house.areas), "1 area", "{count} areas"),
        (len(house.devices), "1 device", "{count} devices"),
        (len(house.entities), "1 entity", "{count} entities"),
    )
    return ", ".join(phrase(one) if count == 1 else phrase(many, count=count) for count, one, many in counts)


def status(house: House | None, problem: str, events: int) -> str:
    """Whether Home Assistant is in reach, and what is known of the house."""
    reach = problem or phrase("Home Assistant is connected.")
    if house is None:
        return phrase("{reach} The house is not known yet.", reach=reach)
    seen = phrase("1 change noticed since my start")
    if events != 1:
        seen = phrase("{count} changes noticed since my start", count=events)
    return f"{reach} {house.name}: {contents(house)} ({phrase('version {number}', number=house.version)}); {seen}."


def read_again(house: House) -> str:
    """What a person is told who had everything read again."""
    return phrase("Read again: {contents} (version {number}).", contents=contents(house), number=house.version)


def unknown() -> str:
    """What those are told who ask for the house too early."""
    return phrase("Home Assistant is connected, but its registries have not been read yet")


def nothing_told(url: str) -> str:
    """The alert when Home Assistant answers none of the questions about what is in the house."""
    return phrase(
        "Home Assistant at {url} answers, but it tells neither areas nor devices nor entities: this version of it is "
        "too old or too new, or the user of HA_TOKEN may not read them. Devices are known by their states alone.",
        url=url,
    )
