"""Where an address is: on this machine or network, or elsewhere; pure."""

import ipaddress
from urllib.parse import urlsplit

_HOUSE_SUFFIXES = (".local", ".lan", ".home", ".internal", ".home.arpa", ".localhost")


def is_local(url: str) -> bool:
    """Whether a URL points at this machine, a private network or a name of one; names are not looked up."""
    host = (urlsplit(url if "://" in url else f"http://{url}").hostname or "").lower().rstrip(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(_HOUSE_SUFFIXES))
    return address.is_loopback or address.is_private or address.is_link_local


def host_of(url: str) -> str:
    """Host and port, without names and passwords that the URL may hold."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    return f"{parts.hostname or ''}:{parts.port}" if parts.port else parts.hostname or ""
