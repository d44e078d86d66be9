"""The worker process with JSON lines on both streams: `python -m wactorz_understanding [--language CODE]`."""

import argparse
import signal
import sys

from wactorz_understanding.serve import end_with_parent, serve


def main() -> None:
    """Serve standard input until it ends."""
    parser = argparse.ArgumentParser(prog="wactorz_understanding", description="Reads sentences as JSON lines.")
    parser.add_argument("--language", default="en", help="language of the sentences")
    parser.add_argument("--others", default="", help="further languages, with commas between")
    parser.add_argument("--parent", type=int, default=0, help="process that this one must not outlive")
    options = parser.parse_args()
    others = tuple(code for code in options.others.split(",") if code)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if end_with_parent(options.parent):
        serve(sys.stdin.buffer, sys.stdout.buffer, options.language, others)


if __name__ == "__main__":
    main()
