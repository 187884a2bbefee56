"""Where the running Asterisk is: from the settings file that `make test` names."""

from dataclasses import dataclass

from tests.support.system import System


@dataclass(frozen=True)
class AriAddress:
    url: str
    user: str
    password: str


def ari_address() -> AriAddress:
    """Fails the test where no system is running."""
    system = System.described()
    return AriAddress(
        url=f"http://127.0.0.1:{system.setting('ARI_PORT', '8088')}/ari",
        user=system.setting("ARI_USER", "carillon"),
        password=system.setting("ARI_PASSWORD"),
    )
