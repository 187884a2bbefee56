"""Texts and times as one line prints them."""


def time_of(moment: str) -> str:
    """Return the time of day of a moment in RFC 3339, with milliseconds."""
    return moment[11:23]


def short(text: str, most: int = 120) -> str:
    """Return a text as one line, cut to a length, without control characters: a remote party may have sent it."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain if len(plain) <= most else plain[: most - 3] + "..."
