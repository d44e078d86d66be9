"""Switches, fans, media players, locks, covers and alarm panels."""

from typing import Any

from wactorz_demo_home.condition import Condition, flipped

_LOCK = {"lock": "locked", "unlock": "unlocked", "open": "open"}
_ALARM = {
    "alarm_disarm": "disarmed",
    "alarm_arm_home": "armed_home",
    "alarm_arm_away": "armed_away",
    "alarm_arm_night": "armed_night",
    "alarm_arm_vacation": "armed_vacation",
    "alarm_trigger": "triggered",
}
_PLAYER = {
    "turn_on": "idle",
    "turn_off": "off",
    "media_play": "playing",
    "media_pause": "paused",
    "media_stop": "idle",
}
_VOLUME_STEP = 0.1


def switch(before: Condition, service: str, _data: dict[str, Any]) -> Condition:
    """Return the switch after turn_on, turn_off or toggle."""
    return before.showing("on" if flipped(before, service) == "turn_on" else "off")


def lock(before: Condition, service: str, _data: dict[str, Any]) -> Condition:
    """Return the lock after lock, unlock or open."""
    return before.showing(_LOCK[service])


def alarm(before: Condition, service: str, _data: dict[str, Any]) -> Condition:
    """Return the alarm panel after arming, disarming or a trigger."""
    return before.showing(_ALARM[service])


def cover(before: Condition, service: str, data: dict[str, Any]) -> Condition:
    """Return the cover at its new position; movement takes no time."""
    service = flipped(before, service, on="open_cover", off="close_cover")
    if service == "stop_cover":
        return before
    position = {"open_cover": 100, "close_cover": 0}.get(service, data.get("position", 0))
    after = before.showing("open" if position > 0 else "closed")
    return after.showing(current_position=position) if "current_position" in before.attributes else after


def fan(before: Condition, service: str, data: dict[str, Any]) -> Condition:
    """Return the fan at its new speed (percent)."""
    service = flipped(before, service)
    if service == "turn_off":
        return before.showing("off", percentage=0)
    speed = data.get("percentage")
    if speed is None:
        speed = before.attributes.get("percentage") or before.memory.get("percentage", 100)
    if speed == 0:
        return before.showing("off", percentage=0)
    return before.showing("on", percentage=speed).remembering(percentage=speed)


def media_player(before: Condition, service: str, data: dict[str, Any]) -> Condition:
    """Return the player after a transport or volume command."""
    service = flipped(before, service)
    volume = float(before.attributes.get("volume_level") or 0.0)
    if service in _PLAYER:
        return before.showing(_PLAYER[service])
    if service == "media_play_pause":
        return before.showing("paused" if before.state == "playing" else "playing")
    if service in ("volume_set", "volume_mute"):
        return before.showing(**data)
    step = {"volume_up": _VOLUME_STEP, "volume_down": -_VOLUME_STEP}.get(service, 0.0)
    return before.showing(volume_level=round(min(1.0, max(0.0, volume + step)), 2))
