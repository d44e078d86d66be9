"""How the proxy says no."""


class Refused(Exception):
    """A request that the rules do not allow; its text is a sentence for the person who reads the log."""
