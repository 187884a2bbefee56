"""The dialects' part in accounts and applications: names of engine.features.applications.dialects."""

from engine.features.applications.dialects import OWN, Dialect

__all__ = ["OWN", "Dialect"]
