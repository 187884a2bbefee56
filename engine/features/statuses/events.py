"""The events of statuses. Their subject and root is the user's id."""

from engine.events.base import Event


class UserStatusChanged(Event, frozen=True, kw_only=True, tag="user_status_changed"):
    """A user has another status. `set_by` is how it came about (engine.features.statuses.model.SetBy)."""

    status_id: str
    email: str
    status: str
    set_by: str
