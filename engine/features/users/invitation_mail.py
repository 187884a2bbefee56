"""The mail of an invitation: plain text."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from engine.features.users.invitation import SECONDS, Invitation
from engine.model.moment import moment

_LONGEST = 100
_TEXT = """{greeting}

you are invited to {company} by {inviter}. Choose a password for {email} on this page:

{link}

The link can be used once, until {expires} ({days} days). Do not pass it on: it opens your account.
If you did not expect this mail, ignore it.
"""


def letter(invitation: Invitation, name: str, link: str) -> EmailMessage:
    """Return the mail without From; `name` is the user's. Nothing that others gave begins a line of its own."""
    company = one_line(invitation.company)
    mail = EmailMessage(policy=SMTP)
    mail["To"] = invitation.email
    mail["Subject"] = f"Invitation to {company}"
    mail["Date"] = formatdate(invitation.issued)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice answers it
    text = _TEXT.format(
        greeting=f"Hello {one_line(name)}," if name else "Hello,",
        company=company,
        inviter=one_line(invitation.inviter),
        email=invitation.email,
        link=link,
        expires=moment(invitation.expires),
        days=round(SECONDS / 86_400),
    )
    mail.set_content(text, cte="7bit" if text.isascii() else "quoted-printable")  # a link is one line in either
    # Another link has another name: a server that drops what it has already must not drop the link that counts.
    mail["Message-ID"] = f"invitation.{(invitation.digest or '')[:24]}"
    return mail


def one_line(text: str) -> str:
    """Return a text on one line: printable characters alone, and at most 100."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line[:_LONGEST]
