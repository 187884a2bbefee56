"""Data of a call that a test recognizes."""

from engine.model.call_data import CallData


def noted(text: str) -> CallData:
    """Return data that say `text`."""
    return CallData(dialect="test", values={"note": text})
