"""The dialect's name."""

DIALECT = "echo"
