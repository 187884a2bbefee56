"""Telling: the end of a call, and nothing else."""

from collections.abc import Sequence

from api.vendors.echo.events import callbacks

from api.callbacks.callback import Callback, form
from api.callbacks.tags import Tag
from engine.events import AnyEvent, CallEnded


class Notifications:
    """Makes the callbacks."""

    async def callbacks(self, event: AnyEvent, tag: Tag) -> Sequence[Callback]:
        """A form for the end of a call."""
        return (form(tag.url, callbacks.over(event.subject)),) if isinstance(event, CallEnded) else ()
