"""PINs: kept as scrypt hashes, compared in constant time."""

import hashlib
import hmac
import secrets

_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_SALT_BYTES = 16
_SCHEME = "scrypt"


def sealed(pin: str) -> str:
    """What is kept of a PIN; takes tens of milliseconds on purpose."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"{_SCHEME}${salt.hex()}${_derive(pin, salt).hex()}"


def fits(pin: str, kept: str) -> bool:
    """Whether a PIN is the one that is kept; as slow as `sealed`."""
    scheme, _, rest = kept.partition("$")
    salt, _, digest = rest.partition("$")
    return scheme == _SCHEME and hmac.compare_digest(_derive(pin, bytes.fromhex(salt)).hex(), digest)


def _derive(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(errors="surrogatepass"), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL)
