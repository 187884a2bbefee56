"""What a dialect is to the accounts that use it: engine.features.applications.dialects, under the API's name."""

from engine.features.applications.dialects import OWN, Dialect

__all__ = ["OWN", "Dialect"]
