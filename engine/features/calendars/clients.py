"""The providers' addresses, and what is asked of them."""

from engine.features.calendars.model import Client, Provider


def google(id: str, secret: str, at: str = "") -> Client:
    """Return a client at Google (developers.google.com/identity/protocols/oauth2/web-server).

    `at`: the root of another server with the same operations, such as a test's.
    """
    return Client(
        id=id,
        secret=secret,
        authorize=f"{at}/authorize" if at else "https://accounts.google.com/o/oauth2/auth",
        token=f"{at}/token" if at else "https://oauth2.googleapis.com/token",
        address=f"{at}/me" if at else "https://openidconnect.googleapis.com/v1/userinfo",
        address_fields=("email",),
        revoke=f"{at}/revoke" if at else "https://oauth2.googleapis.com/revoke",
        scope="openid email https://www.googleapis.com/auth/calendar.events",
        more={"access_type": "offline", "prompt": "consent"},  # else a second consent brings no refresh token
    )


def outlook(id: str, secret: str, at: str = "") -> Client:
    """Return a client at Microsoft (learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow).

    `at`: the root of another server with the same operations, such as a test's.
    """
    root = at or "https://login.microsoftonline.com/common/oauth2/v2.0"
    return Client(
        id=id,
        secret=secret,
        authorize=f"{root}/authorize",
        token=f"{root}/token",
        address=f"{at}/me" if at else "https://graph.microsoft.com/v1.0/me",
        address_fields=("mail", "userPrincipalName"),
        scope="openid email offline_access User.Read Calendars.ReadWrite",
        more={"prompt": "select_account"},
    )


Clients = dict[Provider, Client]
