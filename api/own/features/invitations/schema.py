"""Invitations of users."""

from typing import Annotated, Literal

from api.own.schema.fields import Moment, MomentOrNone, Shown, says


class Invitation(Shown, frozen=True, kw_only=True):
    """A user's last invitation."""

    user: Annotated[str, says("The user's id.")]
    email: Annotated[str, says("The address that it is sent to.")]
    state: Annotated[
        Literal["waiting", "sent", "accepted", "expired", "failed"],
        says(
            "waiting: its mail was not sent yet; accepted: the user chose a password; expired: its link is not valid "
            "any more; failed: its mail was given up."
        ),
    ]
    invited_by: Annotated[str, says("The inviter's name in the mail.")]
    issued: Moment
    expires: Moment
    sent: MomentOrNone
    accepted: MomentOrNone
    error: Annotated[str | None, says("Why its mail was given up; null: it was not.")]
