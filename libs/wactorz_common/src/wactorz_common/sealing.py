"""Secrets that only the vault can read: encrypted for its public key, so that they may pass over topics and disks.

X25519 with a fresh key for each secret, HKDF-SHA256, ChaCha20-Poly1305 bound to the reference.
"""

import base64
import binascii
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wactorz_common.contracts.notices import SealedSecret, VaultKey
from wactorz_common.errors import ConfigError, Refused
from wactorz_common.german import phrase
from wactorz_common.signing import kept_key, key_id

_NONCE = bytes(12)  # each secret has a key of its own
_PUBLIC_BYTES = 32


def seal(reference: str, kind: str, secret: str, key: VaultKey) -> SealedSecret:
    """A secret that only the owner of `key` can read, and only under this reference."""
    own, theirs = X25519PrivateKey.generate(), base64.b64decode(key.public_key)
    public = own.public_key().public_bytes_raw()
    shared = own.exchange(X25519PublicKey.from_public_bytes(theirs))
    sealed = ChaCha20Poly1305(_derived(shared, public, theirs)).encrypt(_NONCE, secret.encode(), reference.encode())
    return SealedSecret(
        reference=reference, kind=kind, sealed=base64.b64encode(public + sealed).decode(), key_id=key.key_id
    )


class Opener:
    """Reads what was sealed for one private key of 32 bytes."""

    def __init__(self, private_key: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(private_key)
        self._public = self._key.public_key().public_bytes_raw()
        self.vault_key = VaultKey(key_id=key_id(self._public), public_key=base64.b64encode(self._public).decode())

    @classmethod
    def load(cls, path: Path) -> "Opener":
        """The key in a file; one is made, readable by this user only, when there is none."""
        try:
            return cls(kept_key(path, lambda: X25519PrivateKey.generate().private_bytes_raw()))
        except (OSError, ValueError) as error:
            raise ConfigError(f"The key of the vault {path} cannot be used: {error}") from error

    def open(self, secret: SealedSecret) -> str:
        """The secret in clear; Refused when it was sealed for another key or changed on its way."""
        try:
            data = base64.b64decode(secret.sealed, validate=True)
            public, sealed = data[:_PUBLIC_BYTES], data[_PUBLIC_BYTES:]
            shared = self._key.exchange(X25519PublicKey.from_public_bytes(public))
            cipher = ChaCha20Poly1305(_derived(shared, public, self._public))
            return cipher.decrypt(_NONCE, sealed, secret.reference.encode()).decode()
        except (binascii.Error, ValueError, InvalidTag):
            raise Refused(phrase("{name} cannot be read here: enter it again", name=secret.reference)) from None


def _derived(shared: bytes, sender: bytes, receiver: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"wactorz-seal-1" + sender + receiver).derive(shared)
