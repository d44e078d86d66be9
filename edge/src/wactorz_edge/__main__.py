"""Entry point: `python -m wactorz_edge up [-d]` and `down`."""

import argparse
import sys

from wactorz_edge.launcher import down, up


def main() -> int:
    """Bring the native system up or down."""
    parser = argparse.ArgumentParser(prog="wactorz_edge")
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("up", help="start everything and stay in the foreground")
    start.add_argument("-d", "--detach", action="store_true", help="return when everything is ready")
    commands.add_parser("down", help="stop everything")
    options = parser.parse_args()
    return up(options.detach) if options.command == "up" else down()


if __name__ == "__main__":
    sys.exit(main())
