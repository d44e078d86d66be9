"""What a node keeps for ever: its id, how often it started, and the ports it once chose."""

import json
import random
import socket
from collections.abc import Collection
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from wactorz_common.ids import clock
from wactorz_edge.record import write_atomically

_PORTS = range(20_000, 32_000)
_ATTEMPTS = 200


@dataclass
class NodeIdentity:
    """The lasting facts of one node."""

    node_id: str
    incarnation: int = 0
    ports: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, node_name: str) -> "NodeIdentity":
        """The identity on disk, or a new one; each load counts as a start."""
        try:
            raw = json.loads(path.read_bytes())
            identity = cls(**{item.name: raw[item.name] for item in fields(cls)})
        except (OSError, ValueError, KeyError, TypeError):
            identity = cls(clock.mint(node_name))
        identity.incarnation += 1
        identity.save(path)
        return identity

    def save(self, path: Path) -> None:
        """Write it to disk."""
        write_atomically(path, json.dumps(asdict(self)).encode())

    def port_for(self, name: str, *, in_use_by_us: bool) -> int:
        """The port remembered for `name`, or a new one when there is none or somebody else has it."""
        known = self.ports.get(name, 0)
        others = {port for other, port in self.ports.items() if other != name}
        if not known or not (in_use_by_us or (known not in others and is_free("127.0.0.1", known))):
            self.ports[name] = pick_port(others)
        return self.ports[name]


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def pick_port(others: Collection[int] = ()) -> int:
    """A free port below those that the kernel gives to outgoing connections.

    A client that keeps knocking at a port of that range may connect to itself and so keep the server out.
    `others` are promised already, though nobody may listen there yet.
    """
    for _ in range(_ATTEMPTS):
        port = random.choice(_PORTS)  # noqa: S311  # spread, not secrecy
        if port not in others and is_free("127.0.0.1", port):
            return port
    raise OSError("no free port between 20000 and 32000 on 127.0.0.1")
