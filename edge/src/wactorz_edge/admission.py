"""Who may start agents here: every spawn message is checked before anything is done with it, and refusals are kept."""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

from wactorz_common import logs
from wactorz_common.bus import Message
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import Refused, StoreError
from wactorz_common.signing import Verifier
from wactorz_edge.ledger import Ledger

MAIN_MACHINE = ("", "local")

_KEY_BYTES = 32
_LOG_SECONDS = 10.0
_NONCE_KEPT = 60.0
_NAME_SHOWN = 64


class TrustedKeys:
    """The public keys in a file, one in hexadecimal a line; read again whenever the file has changed.

    The file may appear later than the runner: until then nobody is trusted.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] | None = None
        self._verifier = Verifier(())
        self._log = logs.get(__name__)

    @property
    def verifier(self) -> Verifier:
        """Checks against the keys as they are now."""
        try:
            stat = self._path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if stamp != self._stamp:
                self._verifier = Verifier(_keys(self._path.read_text()))
                self._stamp = stamp
        except FileNotFoundError:
            self._verifier, self._stamp = Verifier(()), None
        except (OSError, ValueError) as error:
            self._log.error("the trusted keys cannot be read", file=str(self._path), reason=str(error))  # expected
            self._verifier, self._stamp = Verifier(()), None
        return self._verifier


def _keys(text: str) -> tuple[bytes, ...]:
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    keys = tuple(bytes.fromhex(line) for line in lines if line)
    if any(len(key) != _KEY_BYTES for key in keys):
        raise ValueError(f"a key has {_KEY_BYTES} bytes, that is {2 * _KEY_BYTES} hexadecimal digits")
    return keys


@dataclass(frozen=True)
class NodePolicy:
    """What this node takes in."""

    node: str
    memory_mb: int
    packages: str = ""
    """Why agents with packages are refused; empty when they are taken."""
    reserved: frozenset[str] = frozenset()

    def problem(self, spec: SpawnSpec) -> str:
        """Why this agent is not taken in; empty when it is. Pure."""
        here = MAIN_MACHINE if self.node in MAIN_MACHINE else ("", self.node)
        if spec.node not in here:
            return f"it is meant for the node {spec.node}, this is {self.node}"
        if not spec.agent_id:
            return "it has no id"
        if spec.name in self.reserved:
            return f"{spec.name} is the name of a service of this node"
        if any(character in spec.name for character in "/+#\0") or spec.name.startswith("."):
            return f"{spec.name!r} cannot be the name of an agent"
        if spec.limits.memory_mb > self.memory_mb:
            return f"it wants {spec.limits.memory_mb} MiB of memory, this node gives {self.memory_mb} at most"
        return self.packages if spec.install else ""


class Gate:
    """Lets signed spawn messages pass once each."""

    def __init__(self, ledger: Ledger, keys: TrustedKeys) -> None:
        self.failures = 0
        self._ledger = ledger
        self._keys = keys
        self._log = logs.get(__name__)
        self._unlogged = 0
        self._logged_at = -_LOG_SECONDS

    def admit(self, message: Message[SpawnSpec]) -> bool:
        """Whether a message is genuine, in time and new; if not, that is written down."""
        try:
            signed = self._keys.verifier.check(message.topic, message.raw, message.headers, time.time())
            if self._ledger.take_nonce(signed.nonce, signed.expires_at + _NONCE_KEPT):
                return True
            reason = "it was received before"
        except Refused as error:
            reason = str(error)
        except StoreError as error:
            self._log.error("no agent can be taken in", reason=str(error))  # expected
            return False
        self.failures += 1
        self.note(message, reason)
        return False

    def note(self, message: Message[SpawnSpec], reason: str) -> None:
        """Write a refusal down; the log hears of it at most every 10 s."""
        name = message.payload.name[:_NAME_SHOWN].encode(errors="replace").decode()
        try:
            self._ledger.refused(reason, name, hashlib.sha256(message.raw).hexdigest())
        except StoreError as error:
            reason = f"{reason}; not written down: {error}"
        self._unlogged += 1
        now = time.monotonic()
        if now - self._logged_at >= _LOG_SECONDS:
            self._log.warning("spawn message refused", agent=name, reason=reason, refused=self._unlogged)
            self._unlogged, self._logged_at = 0, now


def digest_of(spec: SpawnSpec) -> str:
    """Tells two specifications of an agent apart, whatever way they came."""
    plain = spec.model_copy(update={"replace": False, "initial_state": None, "migration_token": ""})
    return hashlib.sha256(plain.encode()).hexdigest()
