"""PINs that never travel: the door where one is typed sends a proof of it, the agent that keeps it has its hash; pure.

Every function that takes a PIN runs for tens of milliseconds on purpose: call it in a thread.
"""

import hashlib
import hmac

_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_SALT_BYTES = 16
_SCHEME = "scrypt"

SEALED = r"^scrypt\$[0-9a-f]{32}\$[0-9a-f]{128}$"
"""What `seal` makes."""

SALT = r"^[0-9a-f]{32}$"
PROOF = r"^[0-9a-f]{64}$"


def new_salt(task_id: str) -> str:
    """The salt for a PIN that a task sets; the same task again seals it the same way."""
    return hashlib.sha256(f"pin\0{task_id}".encode()).digest()[:_SALT_BYTES].hex()


def seal(pin: str, salt: str) -> str:
    """What is kept of a PIN."""
    return f"{_SCHEME}${salt}${_derive(pin, salt).hex()}"


def salt_of(sealed: str) -> str:
    """The salt that a PIN was sealed with; who knows it can prove the PIN."""
    return sealed.split("$")[1]


def prove(pin: str, salt: str, purpose: str) -> str:
    """Shows that one knows a PIN, for one purpose only: the id of the approval or task that it is for."""
    return _proof(_derive(pin, salt), purpose)


def fits(proof: str, sealed: str, purpose: str) -> bool:
    """Whether a proof is of the PIN that is kept, and for this purpose."""
    scheme, _, rest = sealed.partition("$")
    _, _, digest = rest.partition("$")
    return scheme == _SCHEME and hmac.compare_digest(_proof(bytes.fromhex(digest), purpose), proof)


def _derive(pin: str, salt: str) -> bytes:
    text = pin.encode(errors="surrogatepass")
    return hashlib.scrypt(text, salt=bytes.fromhex(salt), n=_COST, r=_BLOCK, p=_PARALLEL)


def _proof(key: bytes, purpose: str) -> str:
    return hmac.new(key, purpose.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()
