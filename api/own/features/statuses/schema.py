"""Statuses of users."""

from typing import Annotated

from api.own.schema.fields import Given, Moment, MomentOrNone, Shown, says


class WantedStatus(Given, frozen=True, kw_only=True):
    """A status to set."""

    status: Annotated[str, says("Any text of 1 to 64 characters, such as away.")]
    until: Annotated[
        float | str | None,
        says("When it ends: Unix seconds, or a date and a time with an offset as ISO 8601; null: when it is unset."),
    ] = None


class StatusOfUser(Shown, frozen=True, kw_only=True):
    """A user's status."""

    id: Annotated[str, says("Its id: another status has another one.")]
    user: Annotated[str, says("The user's id.")]
    email: Annotated[str, says("The user's e-mail address.")]
    status: Annotated[
        str, says("What was set, or what the user's phones say: available, on_call, do_not_disturb or offline.")
    ]
    set_by: Annotated[str, says("What says so: manual, call, setting or registration.")]
    created: Moment
    until: MomentOrNone


class UserStatus(Shown, frozen=True, kw_only=True):
    """A user's status, if any is known."""

    status: Annotated[StatusOfUser | None, says("The status; null: nobody set one, and the user has no phone.")]
