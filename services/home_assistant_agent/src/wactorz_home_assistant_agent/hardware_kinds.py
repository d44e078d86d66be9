"""Kinds of device, and which of them common wishes need."""

from dataclasses import dataclass

_CONTACT = "Zigbee, Z-Wave or Thread contact sensor; runs for years on a coin cell"
_RADIO = "Zigbee, Thread (Matter) or Wi-Fi; Zigbee and Thread need a coordinator or border router"
_ALARMING = ("binary_sensor",)


@dataclass(frozen=True)
class Kind:
    """A kind of device, and how one is known by its entities."""

    name: str
    domains: tuple[str, ...]
    classes: tuple[str, ...] = ()
    hint: str = _RADIO
    anywhere: bool = False
    """It serves the whole house, whatever room the wish is about."""


KINDS = {
    "door": Kind("door or window sensor", _ALARMING, ("door", "window", "opening", "garage_door"), _CONTACT),
    "motion": Kind("motion or presence sensor", _ALARMING, ("motion", "occupancy", "presence"),
                   "Zigbee or Thread motion sensor; radar (mmWave) also sees people who sit still"),
    "leak": Kind("water leak sensor", _ALARMING, ("moisture",), "Zigbee or Z-Wave leak sensor on the floor"),
    "smoke": Kind("smoke detector", _ALARMING, ("smoke",), "certified, interlinked detector with Zigbee or Z-Wave"),
    "gas": Kind("gas or carbon monoxide detector", _ALARMING, ("gas", "carbon_monoxide"), "certified detector"),
    "light": Kind("controllable light", ("light",), (), "smart bulb, or a dimmer or switch module behind the switch"),
    "thermostat": Kind("thermostat or radiator valve", ("climate",), (), "Zigbee or Thread radiator valve, or a wall "
                       "thermostat that fits the boiler"),
    "temperature": Kind("temperature sensor", ("sensor",), ("temperature",)),
    "humidity": Kind("humidity sensor", ("sensor",), ("humidity",)),
    "fan": Kind("controllable fan", ("fan",), (), "fan with remote control, or a smart plug for a plain one"),
    "cover": Kind("motorized blind or shutter", ("cover",), (), "motor with Zigbee or Wi-Fi, or a shutter module"),
    "lock": Kind("smart lock", ("lock",), (), "retrofit lock with Zigbee, Z-Wave, Matter or Bluetooth bridge"),
    "camera": Kind("camera", ("camera",), (), "camera with RTSP or ONVIF, so that no cloud is needed"),
    "plug": Kind("smart plug or switch", ("switch",), (), "smart plug rated for the appliance's power"),
    "power": Kind("power meter", ("sensor",), ("power", "energy"), "smart plug with energy metering, or a clamp meter"),
    "valve": Kind("water valve", ("valve",), (), "motor valve on the main pipe, Zigbee or Z-Wave"),
    "soil": Kind("soil moisture sensor", ("sensor",), ("moisture",), "Zigbee or Bluetooth plant sensor"),
    "air": Kind("air quality sensor", ("sensor",), ("carbon_dioxide", "volatile_organic_compounds", "pm25", "aqi"),
                "CO2 sensor with NDIR cell, Zigbee or Wi-Fi"),
    "brightness": Kind("brightness sensor", ("sensor",), ("illuminance",)),
    "person": Kind("way to know who is home", ("person", "device_tracker"), (), "the Home Assistant app on each phone",
                   anywhere=True),
    "notice": Kind("way to reach you", ("notify",), (), "the Home Assistant app, or a chat service set up in Wactorz",
                   anywhere=True),
    "siren": Kind("siren", ("siren", "alarm_control_panel"), (), "Zigbee or Z-Wave siren", anywhere=True),
    "vacuum": Kind("robot vacuum", ("vacuum",), (), "one with a local interface", anywhere=True),
    "speaker": Kind("speaker", ("media_player",), (), "speaker with a local interface"),
    "garage": Kind("garage door drive", ("cover",), ("garage", "garage_door"), "module for the drive's button contact"),
}  # fmt: skip

WISHES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (r"\b(leak\w*|flood\w*|water on the floor|burst|pipe)\b", (
        ("leak", "to notice water"), ("notice", "to warn you"), ("valve", "to shut the water off (optional)"))),
    (r"\b(smoke|fire)\b", (("smoke", "to notice smoke"), ("notice", "to warn you"))),
    (r"\b(carbon monoxide|gas leak|gas alarm)\b", (("gas", "to notice gas"), ("notice", "to warn you"))),
    (r"\b(burglar|intru\w+|alarm system|break.?in|security)\b", (
        ("door", "to notice that a door or window opens"), ("motion", "to notice somebody inside"),
        ("siren", "to make noise"), ("notice", "to warn you"))),
    (r"\b(open|close|operate)\w*\b.*\bgarage\b", (
        ("garage", "to move the door"), ("door", "to know whether it is closed"))),
    (r"\b(auto\w*|remote\w*)?\s*(un)?lock(s|ing)?\b", (
        ("lock", "to lock"), ("door", "to know that the door is shut before it locks"))),
    ((r"\b(lights?|lamps?)\b.*\b(motion|enter|walk|come in|somebody|someone|presence|movement)\b|"
     r"\b(motion|presence|movement)\b.*\b(lights?|lamps?)\b"), (
        ("motion", "to notice somebody"), ("light", "to switch on"))),
    (r"\b(heat\w*|radiator|warm)\b.*\b(home|away|presence|nobody|somebody|leave|empty)\b", (
        ("person", "to know whether anybody is home"), ("thermostat", "to turn the heating down and up"))),
    ((r"\b(doors?|windows?)\b.*\b(open\w*|alert|notif\w*|tell|warn|left)\b|"
     r"\b(alert|notif\w*|tell|warn)\b.*\b(doors?|windows?)\b"), (
        ("door", "to notice that it opens"), ("notice", "to tell you"))),
    (r"\b(wash\w*|dryer|dishwasher|laundry)\b", (
        ("power", "to see that the machine has stopped drawing power"), ("notice", "to tell you"))),
    (r"\b(energy|consumption|electricity|power use)\b", (("power", "to measure"),)),
    (r"\b(water|irrigat)\w*\b.*\b(garden|lawn|plants?|flowers?)\b|\b(garden|lawn|plants?)\b.*\b(water|irrigat)\w*", (
        ("soil", "to know when it is dry"), ("valve", "to let water through"))),
    (r"\b(humid\w*|mold|mould|damp|ventilat\w*|bathroom fan)\b", (
        ("humidity", "to measure"), ("fan", "to move the air"))),
    (r"\b(co2|air quality|stale air|fresh air)\b", (("air", "to measure"), ("notice", "to tell you to open a window"))),
    (r"\b(blinds?|shutters?|curtains?|shades?)\b", (
        ("cover", "to move"), ("brightness", "to follow the sun's light (optional)"))),
    (r"\b(heat\w*|radiator|thermostat|cool\w*|air condition\w*|temperature)\b", (
        ("temperature", "to measure"), ("thermostat", "to heat or cool"))),
    (r"\b(camera|doorbell|who is at the door|film|record)\b", (("camera", "to see"), ("notice", "to tell you"))),
    (r"\b(vacuum|hoover|clean the floor)\b", (("vacuum", "to clean"),)),
    (r"\b(music|radio|announce\w*|speak\w*)\b", (("speaker", "to play"),)),
    (r"\b(presence|who is home|anybody home|somebody home)\b", (("person", "to know who is home"),)),
    (r"\b(lights?|lamps?|dim\w*)\b", (("light", "to switch or dim"),)),
    (r"\b(coffee|kettle|appliance|switch on|plug|socket)\b", (("plug", "to switch it"),)),
)  # fmt: skip
"""A pattern, and what the wish needs: kind and purpose. The first that fits counts."""
