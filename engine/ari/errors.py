"""The exceptions of requests to Asterisk. A class's docstring is its message."""


class AriError(Exception):
    """Asterisk refused a request in a way that we did not expect."""

    def __init__(self, operation: str, detail: str = "", status: int | None = None) -> None:
        """`operation` is the method and the path, `detail` Asterisk's error text, `status` the HTTP status if any."""
        self.operation = operation
        self.detail = detail
        self.status = status
        shown = ": ".join(part for part in (f"{status}" if status else "", detail) if part)
        super().__init__(f"{type(self).__doc__} [{operation}{f' -> {shown}' if shown else ''}]")


class AriBadRequest(AriError):
    """Asterisk did not understand the request, or it names a channel that is gone."""


class Forbidden(AriError):
    """Asterisk refused our user or password: compare CARILLON_ARI_USER and CARILLON_ARI_PASSWORD with its ari.conf."""


class AriNotFound(AriError):
    """What the request names does not exist in Asterisk (any more)."""


class AriConflict(AriError):
    """What the request names is in a state that does not allow it, or its id is taken."""


class Unprocessable(AriError):
    """Asterisk understood the request but cannot do it with what it names."""


class ServerError(AriError):
    """Asterisk failed while it carried out the request; its log says why."""


class AriUnreachable(AriError):
    """Asterisk gave no answer: it is down, overloaded, or the request waited too long; it may still be carried out."""


class NotStarted(AriError):
    """Asterisk made the channel but did not hand it to our application in time; the channel was hung up."""


class Gone(AriError):
    """The channel ended before it reached our application."""


class Detached(AriError):
    """This controller is leaving, or lost its lease: it must not steer calls any more."""


class Replaced(Exception):
    """Another controller registered our ARI application: this one must stop steering its calls."""


class SubscriptionClosed(Exception):
    """The subscription was closed during a wait for its next event."""


_BY_STATUS: dict[int, type[AriError]] = {
    400: AriBadRequest,
    401: Forbidden,
    403: Forbidden,
    404: AriNotFound,
    409: AriConflict,
    412: AriConflict,
    422: Unprocessable,
}


def from_status(status: int) -> type[AriError]:
    """Returns the exception class of an HTTP status that is not a success."""
    return _BY_STATUS.get(status, ServerError if status >= 500 else AriError)
