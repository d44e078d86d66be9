"""Signatures on spawn messages: Ed25519 over the exact bytes, the topic, a nonce and an expiry.

They travel as user properties, so that the payload stays the plain object of the wire contract.
"""

import base64
import binascii
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wactorz_common.errors import ConfigError, Refused

SIGNATURE, KEY, NONCE, EXPIRES = "wactorz-signature", "wactorz-key", "wactorz-nonce", "wactorz-expires"
LIFETIME = 60.0
"""Seconds for which a signature holds."""

_SKEW = 5.0
_NONCE_BYTES = 16
_MOMENT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True)
class Signed:
    """A signature that holds; whether its nonce was seen before is for the receiver to say."""

    nonce: str
    expires_at: float


class Signer:
    """Signs with one private key of 32 bytes."""

    def __init__(self, private_key: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.key_id = key_id(self.public_key)

    @classmethod
    def load(cls, path: Path) -> "Signer":
        """The key in a file; one is made, readable by this user only, when there is none."""
        try:
            return cls(kept_key(path, lambda: Ed25519PrivateKey.generate().private_bytes_raw()))
        except (OSError, ValueError) as error:
            raise ConfigError(f"The signing key {path} cannot be used: {error}") from error

    def headers(self, topic: str, payload: bytes, now: float) -> dict[str, str]:
        """User properties that prove that this payload was meant for this topic, for a minute; `now` is epoch time."""
        nonce, expires = secrets.token_hex(_NONCE_BYTES), f"{now + LIFETIME:.3f}"
        signature = self._key.sign(_covered(topic, payload, nonce, expires, self.key_id))
        return {
            SIGNATURE: base64.b64encode(signature).decode(), KEY: self.key_id, NONCE: nonce, EXPIRES: expires,
        }  # fmt: skip


class Verifier:
    """Checks against the public keys that are trusted, each of 32 bytes."""

    def __init__(self, public_keys: tuple[bytes, ...]) -> None:
        self._keys = {key_id(key): Ed25519PublicKey.from_public_bytes(key) for key in public_keys}

    def check(self, topic: str, payload: bytes, headers: Mapping[str, str], now: float) -> Signed:
        """The proof of a message; Refused with the reason when there is none that holds."""
        if SIGNATURE not in headers:
            raise Refused("it is not signed")
        key = self._keys.get(headers.get(KEY, ""))
        if key is None:
            raise Refused("its key is not trusted here")
        nonce, expires = headers.get(NONCE, ""), headers.get(EXPIRES, "")
        try:
            signature = base64.b64decode(headers[SIGNATURE], validate=True)
            key.verify(signature, _covered(topic, payload, nonce, expires, headers[KEY]))
        except (binascii.Error, ValueError, InvalidSignature):
            raise Refused("its signature is wrong") from None
        if len(nonce) != 2 * _NONCE_BYTES or not _MOMENT.fullmatch(expires):
            raise Refused("its nonce or expiry is malformed")
        expires_at = float(expires)
        if now > expires_at + _SKEW:
            raise Refused(f"it expired {now - expires_at:.0f} s ago")
        if expires_at > now + LIFETIME + _SKEW:
            raise Refused("it claims to hold for longer than allowed: check the clocks of both machines")
        return Signed(nonce, expires_at)


def kept_key(path: Path, make: Callable[[], bytes]) -> bytes:
    """The key in a file; where there is none it is made, readable by this user only. OSError or ValueError."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make().hex())
        draft.rename(path)
    return bytes.fromhex(path.read_text().strip())


def key_id(public_key: bytes) -> str:
    """The short name of a public key."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def _covered(topic: str, payload: bytes, nonce: str, expires: str, key: str) -> bytes:
    """What is signed: every part with its length, so that none can be moved into another."""
    parts = (b"wactorz-spawn-1", topic.encode(), key.encode(), nonce.encode(), expires.encode(), payload)
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
