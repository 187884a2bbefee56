"""HTTP for customers and operators: knows nothing of how Asterisk carries a call."""

__version__ = "0.1.0"
