"""The carriers of the lab: what each wants of a trunk, and how it is connected (docs/lab.md).

Those that differ by SIP alone are played by Kamailio (docker/lab/carriers.conf), those that have accounts, encrypt or
fax by the lab's Asterisk (asterisk-config/lab/pjsip.conf). Behind all of them are the same people.
"""

import msgspec

DOMAIN = "lab.internal"
"""The domain of the carriers' names, which only the lab's name server knows: .internal is for private use, and
libunbound (in Asterisk) answers .test by itself."""

PILOT = "12015559900"
"""The number in the request URI of all calls by the carrier that has the called number in To."""


class Carrier(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier of the lab.

    `last` is the last number of its address, None where it is known by a name alone. `options` are those that `carillon
    trunks add` needs beside host and port. `calls`: whether calls to the engine come by it; `plus`: it writes numbers
    with a +.
    """

    name: str
    last: int | None
    does: str
    transport: str = "udp"
    options: tuple[str, ...] = ()
    calls: bool = True
    plus: bool = False

    def host(self, network: str) -> str:
        """Return its host in the carriers' network, such as 127.0.60: an address, or a name with SRV records."""
        return f"{self.name}.{DOMAIN}" if self.last is None else f"{network}.{self.last}"

    def command(self, network: str, port: int) -> str:
        """Return the command that connects the engine to it, for the numbers of the lab's people."""
        place = (self.host(network),) if self.last is None else (self.host(network), "--port", str(port))
        words = ("carillon", "trunks", "add", self.name, "--host", *place, "--prefix", "1201555", *self.options)
        return " ".join(words)


CARRIERS: tuple[Carrier, ...] = (
    Carrier(
        name="plus",
        last=11,
        does="wants a registration, and a + before every number; writes numbers with a + itself",
        options=(
            *("--user", "plus", "--password", '"$CARILLON_LAB_TRUNK_PASSWORD"', "--register"),
            *("--number-format", "e164-plus"),
        ),
        plus=True,
    ),
    Carrier(
        name="domain",
        last=12,
        does=f"wants From's domain to be domain.{DOMAIN}, else 403",
        options=("--from-domain", f"domain.{DOMAIN}"),
    ),
    Carrier(
        name="several",
        last=None,
        does="has three addresses, found by NAPTR and SRV: two share the calls, one is for when neither answers",
    ),
    Carrier(name="spare", last=None, does="has two addresses, found by SRV: the first one is full (503)", calls=False),
    Carrier(
        name="tls",
        last=16,
        does="speaks TLS and SRTP (sdes) only",
        transport="tls",
        options=("--transport", "tls", "--ca-file", "lab-ca.pem", "--srtp", "required"),
    ),
    Carrier(
        name="dtls",
        last=25,
        does="encrypts audio with keys that are agreed on by DTLS (RFC 5763), else 488",
        options=("--srtp", "required", "--srtp-keys", "dtls"),
        calls=False,
    ),
    Carrier(
        name="to",
        last=17,
        does=f"calls with {PILOT} in the request URI and the called number in To",
        options=("--called-in", "to"),
    ),
    Carrier(name="quiet", last=18, does="answers no OPTIONS", options=("--options-seconds", "0")),
    Carrier(name="fax", last=19, does="offers T.38 3 s after the answer, and goes on if it is refused"),
    Carrier(name="late", last=20, does="sends INVITEs without an offer, for a call and within it"),
    Carrier(name="moved", last=21, does="answers 302 to every call", calls=False),
    Carrier(name="full", last=22, does="answers 503 to every call", calls=False),
    Carrier(name="dead", last=23, does="answers nothing", calls=False),
    Carrier(name="stuck", last=24, does="answers OPTIONS and no INVITE", calls=False),
)

BY_NAME = {carrier.name: carrier for carrier in CARRIERS}
