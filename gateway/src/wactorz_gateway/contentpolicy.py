"""What a page of the gateway may load and run."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Final

_POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'{scripts}",
    "style-src 'self'",
    # Pictures of an attachment before it is sent, and drawings that the scene makes as images.
    "img-src 'self' blob: data:",
    "font-src 'self'",
    # REST, events, and the WebSockets of the same host.
    "connect-src 'self'",
    # What a microphone recorded, to be heard before it is sent.
    "media-src 'self' blob:",
    # The service worker, for the shell without a network.
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
)
_INLINE: Final = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def content_policy(page: bytes = b"") -> str:
    """The Content-Security-Policy; scripts that stand in the page itself are let run by their hashes, and no others."""
    hashes = (b64encode(sha256(script).digest()).decode() for script in _INLINE.findall(page))
    return "; ".join(_POLICY).format(scripts="".join(f" 'sha256-{one}'" for one in hashes))
