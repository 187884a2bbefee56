"""Which vendors are served. To add one, add its folder's name to SERVED."""

from collections.abc import Iterable
from importlib import import_module

from api.vendors.vendor import Vendor

PACKAGE = "api.vendors"
SERVED = (
    "ringful",
    "ringplan",
    "sinch",
    "tingting",
    "tringme",
)
"""The folders of this package that are served. Where two dialects' paths match, the first one renders the error."""


def vendors(served: Iterable[str] = SERVED, package: str = PACKAGE) -> tuple[type[Vendor], ...]:
    """Return the class that each folder's `vendor.py` names VENDOR; raises ImportError and AttributeError."""
    return tuple(import_module(f"{package}.{name}.vendor").VENDOR for name in served)
