"""Which files a model takes, and as how many tokens they count at most; pure."""

from dataclasses import dataclass

MB = 1_000_000


@dataclass(frozen=True)
class Takes:
    """What a model takes: kinds of pictures (none: it sees no pictures), documents, and their limits."""

    pictures: frozenset[str] = frozenset()
    documents: bool = False
    picture_bytes: int = 15 * MB
    side: int = 8_000
    """Most pixels of a picture's width and height."""

    total_bytes: int = 15 * MB
    pages: int = 100
    pixels_of_token: int = 300
    picture_tokens: int = 6_000
    """The most that one picture counts as."""

    page_tokens: int = 6_000

    def tokens_of(self, width: int, height: int, pages: int) -> int:
        """Tokens of a file at most."""
        if pages:
            return pages * self.page_tokens
        return min(self.picture_tokens, 300 + width * height // self.pixels_of_token)


NOTHING = Takes()
