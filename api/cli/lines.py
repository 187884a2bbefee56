"""Texts as they fit into one line."""


def time_of(moment: str) -> str:
    """Return the time of day of a moment in RFC 3339, with milliseconds."""
    return moment[11:23]


def short(text: str, most: int = 120) -> str:
    """Return a text as one line, cut; what a far party sent must not steer the terminal."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain if len(plain) <= most else plain[: most - 3] + "..."
