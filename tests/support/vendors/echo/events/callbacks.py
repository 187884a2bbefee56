"""The bodies of its callbacks."""


def over(call: str) -> dict[str, str]:
    """A call has ended."""
    return {"over": call}
