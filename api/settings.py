"""The settings of the process, read from the environment; .env.example lists them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlsplit

import msgspec

from api.callbacks.mail import BadMailServer, MailServer
from api.clients import BadNetwork, Clients
from api.connections import MOST_CONNECTIONS, MOST_OF_A_CLIENT
from engine.addresses import EVERYWHERE, Addresses, BadAddresses, at_port, reached
from engine.calls.admission_protocol import MOST_ATTEMPTS
from engine.features.calendars.clients import Clients as CalendarClients
from engine.features.calendars.clients import google, outlook
from engine.features.calendars.model import Provider
from engine.features.errors import InvalidSetting
from engine.features.messaging.receiving.confirming import PER_HOUR
from engine.features.numbers.pool import Pool
from engine.features.numbers.sales import price_of
from engine.features.passcodes.model import KEPT_DAYS
from engine.features.retention.worker import Kept
from engine.features.sip_traces.model import KEPT_HOURS, MOST_MEGABYTES, TraceSettings
from engine.features.trunks.reach import Listening
from engine.features.trunks.tls import TlsSettings
from engine.features.voicemail.listening.destination import CODE as VOICEMAIL_CODE
from engine.platform.codes import BadCode, checked_code

PREFIX = "CARILLON_"
_ADDRESSES = ("bind", "external_address")


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which one, and what it must be."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of this process; their names are those of .env.example without the prefix, in lower case."""

    admin_token: str
    ari_password: str
    secret: str
    redis_password: str = ""
    bind: Addresses = Addresses("127.0.0.1")
    external_address: Addresses = Addresses()
    api_port: int = 8080
    admin_port: int = 8081
    public_url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^/?#\s]+[^?#\s]*$")] = ""
    sip_port: int = 5060
    sip_tls_port: int = 5061
    local_nets: str = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,127.0.0.0/8,fc00::/7,fe80::/10,::1/128"
    rtp_start: int = 10000
    rtp_end: int = 14998
    ari_port: int = 8088
    ari_user: str = "carillon"
    ari_application: str = "carillon-0"
    redis_port: int = 6390
    database_url: str = "sqlite:////var/lib/carillon/carillon.db"
    data: Path = Path("/var/lib/carillon")
    recordings: Path = Path("/var/spool/asterisk/recording")
    asterisk_log: Path = Path("/var/log/asterisk/refused")
    dns: Annotated[str, msgspec.Meta(pattern=r"^([0-9A-Za-z.\[\]:_-]+(,[0-9A-Za-z.\[\]:_-]+)*)?$")] = ""
    s3_endpoint: Annotated[str, msgspec.Meta(pattern=r"^https?://[^/?#\s]+[^?#\s]*$")] = ""
    smtp_url: str = ""
    smtp_from: str = ""
    google_client_id: str = ""
    google_client_secret: str = ""
    google_oauth_url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^/?#\s]+[^?#\s]*$")] = ""
    outlook_client_id: str = ""
    outlook_client_secret: str = ""
    outlook_oauth_url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^/?#\s]+[^?#\s]*$")] = ""
    voicemail_code: str = VOICEMAIL_CODE
    voices: Path = Path("/var/lib/carillon/voices")
    lab_address: str = "127.0.0.2"
    lab_sip_port: int = 5070
    lab_carriers: str = "127.0.60"
    lab_ari_port: int = 8089
    lab_ari_password: str = ""
    lab_smsc_port: int = 2775
    lab_smsc_http_port: int = 2776
    lab_smsc_password: str = ""
    number_pool: str = "+12015552000-+12015559999"
    number_price: str = "1.00"
    replay_seconds: Annotated[float, msgspec.Meta(gt=0)] = 900.0
    trusted_proxies: str = ""
    audit_days: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    events_days: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    messages_days: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    voicemail_days: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    faxes_days: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    sip_trace_hours: Annotated[float, msgspec.Meta(ge=0)] = KEPT_HOURS
    sip_trace_megabytes: Annotated[float, msgspec.Meta(ge=1)] = MOST_MEGABYTES
    hep_port: int = 9060
    hep_password: str = ""
    confirmations_per_hour: Annotated[int, msgspec.Meta(ge=0)] = PER_HOUR
    max_attempts: Annotated[int, msgspec.Meta(ge=1, le=100)] = MOST_ATTEMPTS
    most_connections: Annotated[int, msgspec.Meta(ge=1)] = MOST_CONNECTIONS
    requests_per_second: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    most_connections_per_client: Annotated[int, msgspec.Meta(ge=1)] = MOST_OF_A_CLIENT

    @property
    def secrets(self) -> tuple[str, ...]:
        """The settings that must not be logged."""
        own = (self.admin_token, self.ari_password, self.secret, self.redis_password)
        return (
            *own,
            self.hep_password,
            self.google_client_secret,
            self.outlook_client_secret,
            self.lab_ari_password,
            self.lab_smsc_password,
            (self.mail_server.password or "") if self.mail_server else "",
        )

    @property
    def mail_server(self) -> MailServer | None:
        """The server that sends our mails; None: mails are not sent."""
        return MailServer.read(self.smtp_url, self.smtp_from)

    @property
    def calendar_clients(self) -> CalendarClients:
        """This installation's clients at the providers of calendars; only those that are set."""
        known: CalendarClients = {}
        if self.google_client_id:
            known[Provider.GOOGLE] = google(self.google_client_id, self.google_client_secret, self.google_oauth_url)
        if self.outlook_client_id:
            client = outlook(self.outlook_client_id, self.outlook_client_secret, self.outlook_oauth_url)
            known[Provider.OUTLOOK] = client
        return known

    @property
    def name_servers(self) -> tuple[str, ...]:
        """The name servers that carriers' names are asked of, each host or host:port; none: the system's."""
        return tuple(filter(None, self.dns.split(",")))

    @property
    def ari_url(self) -> str:
        """The root of ARI, always on this machine."""
        return f"http://127.0.0.1:{self.ari_port}/ari"

    @property
    def sip_websocket_url(self) -> str:
        """Asterisk's websocket of SIP, always on this machine."""
        return f"http://127.0.0.1:{self.ari_port}/ws"

    @property
    def lab_ari_url(self) -> str:
        """The root of the lab's ARI."""
        return f"http://127.0.0.1:{self.lab_ari_port}/ari"

    @property
    def lab_smsc_url(self) -> str:
        """The HTTP side of the lab's SMSC."""
        return f"http://127.0.0.1:{self.lab_smsc_http_port}"

    @property
    def redis_url(self) -> str:
        """Redis, with its password, always on this machine."""
        return f"redis://:{quote(self.redis_password, safe='')}@127.0.0.1:{self.redis_port}/0"

    @property
    def reached_at(self) -> str:
        """Our host name or address as seen from outside."""
        return self.external_address.first or reached(self.bind.first)

    @property
    def rtp_address(self) -> str:
        """The address that phones' RTP comes to, if it is one; "": all addresses of this machine."""
        return "" if len(self.bind.all) > 1 or self.bind.first in EVERYWHERE else self.bind.first

    @property
    def price_of_number(self) -> int:
        """What a number of the pool costs, in millionths of each account's currency."""
        return price_of(self.number_price)

    @property
    def kept(self) -> Kept:
        """For how long what is kept."""
        return {
            "audit": self.audit_days,
            "events": self.events_days,
            "messages": self.messages_days,
            "voicemail": self.voicemail_days,
            "faxes": self.faxes_days,
            "passcodes": KEPT_DAYS,
        }

    @property
    def sip_traces(self) -> TraceSettings:
        """What is kept of calls' SIP messages, and where they come from."""
        return TraceSettings(
            hours=self.sip_trace_hours,
            megabytes=self.sip_trace_megabytes,
            port=self.hep_port,
            password=self.hep_password,
        )

    @property
    def listening(self) -> Listening:
        """Where SIP and RTP come in."""
        return Listening(self.bind, self.external_address, (self.rtp_start, self.rtp_end))

    @property
    def own_addresses(self) -> frozenset[str]:
        """The known addresses of this machine, which other programs on it use too."""
        own = {*EVERYWHERE.values(), *self.bind.all, *self.external_address.all}
        return frozenset(own.difference(EVERYWHERE))

    @property
    def tls(self) -> TlsSettings:
        """What all transports of TLS have in common."""
        return TlsSettings(
            folder=self.data / "certificates",  # Asterisk reads it at the same path
            bind=self.bind,
            port=self.sip_tls_port,
            external=self.external_address,
            local_nets=tuple(net.strip() for net in self.local_nets.split(",")),
        )

    @property
    def api_url(self) -> str:
        """The base of links in answers and callbacks."""
        return (self.public_url or f"http://{at_port(self.reached_at, self.api_port)}").rstrip("/")

    @property
    def mounted_at(self) -> str:
        """The path of `public_url`, under which a proxy serves us; "" for none."""
        return urlsplit(self.public_url).path.rstrip("/")

    @property
    def prompts(self) -> Path:
        """The prompt cache, which Asterisk reads at the same path."""
        return self.data / "prompts"

    @property
    def media_root(self) -> Path:
        """The folder in which file:// prompts must be."""
        return self.data / "media"


def read(environment: Mapping[str, str]) -> Settings:
    """Read the settings; an empty value means the default. Raises SettingsError."""
    texts = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and value != ""
    }
    try:
        given = {name: _addresses(name, text) if name in _ADDRESSES else text for name, text in texts.items()}
        settings = msgspec.convert(given, Settings, strict=False, dec_hook=_path)
        _check_families(settings)
        Pool.read(settings.number_pool)
        price_of(settings.number_price)
        Clients.read(settings.trusted_proxies)
        MailServer.read(settings.smtp_url, settings.smtp_from)
        checked_code(settings.voicemail_code)
    except (msgspec.ValidationError, InvalidSetting, BadCode, BadNetwork, BadMailServer, BadAddresses) as error:
        said = re.sub(r"Expected `str` matching regex '.*'", "Expected a URL such as https://host/path", str(error))
        raise SettingsError(f"A setting is missing or wrong: {said} (names in .env begin with {PREFIX}).") from error
    return settings


def _addresses(name: str, text: str) -> Addresses:
    try:
        return Addresses.read(text, names=True)
    except BadAddresses as error:
        raise BadAddresses(f"{name} {error}") from error


def _check_families(settings: Settings) -> None:
    """Raise BadAddresses if an external address has no address to listen on behind it."""
    for family in settings.external_address.families - settings.bind.families:
        raise BadAddresses(
            f"bind must have an IPv{family} address too, because external_address has one "
            f"({settings.external_address.of(family)})"
        )


def _path(wanted: type, value: object) -> object:
    """Parse types that msgspec does not support; raises NotImplementedError for others."""
    if wanted is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(wanted)
