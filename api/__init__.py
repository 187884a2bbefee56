"""HTTP for customers and operators: knows no Stasis and no channel."""

__version__ = "0.1.0"
