"""Prepares the volumes of an installation: run as root without a network, once before each start; changes what differs.

Below the folder that is given each service has its state volume under its own name; `broker` holds the broker's
secrets, `home` the demo home's token.
"""

import json
import os
import sys
from pathlib import Path

from wactorz_common.errors import ConfigError
from wactorz_prepare.installation import Installation


def main() -> int:
    """Prepare; ends with 78 and a sentence when a file is wrong."""
    made, roles = Path(sys.argv[1]), Path(sys.argv[2])
    accounts = Path(sys.argv[3]) if len(sys.argv) > 3 else None  # noqa: PLR2004
    os.umask(0o077)
    try:
        rights = json.loads(roles.read_text())
        said = Installation(made, rights).prepare(accounts.read_text() if accounts else "")
    except (ConfigError, OSError, ValueError) as error:
        sys.stderr.write(f"prepare: {error}\n")
        return 78
    sys.stdout.write("".join(f"prepare: {line}\n" for line in said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
