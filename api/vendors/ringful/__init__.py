"""The Ringful dialect."""

from api.dialects import Dialect
from api.vendors.ringful.http.routes import Ringful

__all__ = ["DIALECT", "Ringful"]

DIALECT = Dialect(
    name="ringful",
    key="apikey",
    settings={"sig": ("off", "kvmd5"), "CallReceived": ("on", "off"), "PlayFailed": ("on", "off")},
    url_setting="inboundUrl",
)
