"""The tables of campaigns. Times are Unix seconds, money is millionths of the account's currency."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint

from engine.store.tables import metadata

_BIG = BigInteger().with_variant(Integer, "sqlite")

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("serial", Integer, nullable=False),  # counts the account's campaigns
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("description", Text, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("created", Float, nullable=False),
    Column("message", Text, nullable=False),  # engine.features.campaigns.model.Message as JSON
    Column("options", Text, nullable=False),  # engine.features.campaigns.model.Options as JSON
    Column("tags", Text, nullable=False),  # the names, as JSON
    Column("at", Float, nullable=True),
    Column("started", Float, nullable=True),
    Column("ended", Float, nullable=True),
    Column("reason", Text, nullable=False),
    Column("held_each", _BIG, nullable=False),
    Column("currency", String, nullable=False),
    Column("next_call", Float, nullable=False),  # when the pace allows the next one
    Column("call_seconds", Float, nullable=False, server_default="0"),  # for which a call is expected to be answered
    UniqueConstraint("account", "serial", name="campaigns_serial"),
    Index("campaigns_by_account", "account", "id"),
)
campaign_contacts = Table(
    "campaign_contacts",
    metadata,
    Column("account", String, primary_key=True),
    Column("id", Integer, primary_key=True),  # counts the account's contacts
    Column("campaign", String, nullable=False),
    Column("number", String, nullable=False),
    Column("tags", Text, nullable=False),  # texts by name, as JSON
    Column("line", Integer, nullable=False),  # where it was read; 0: nowhere
    Column("status", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tries", Text, nullable=False),  # how often each outcome was tried again, as JSON
    Column("due", Float, nullable=True),  # of those that wait for their turn
    Column("call", String, nullable=True, index=True),
    Column("trunk", String, nullable=True),  # that calls it, or that it waits for, if trunks are limited
    Column("called", Float, nullable=True),
    Column("ended", Float, nullable=True),
    Column("seconds", Float, nullable=True),
    Column("message_seconds", Float, nullable=True),
    Column("playback", Float, nullable=True),
    Column("digits", String, nullable=False),
    Column("machine", Boolean, nullable=False),
    Column("price", _BIG, nullable=False),
    Column("recording", String, nullable=False),
    Column("reason", Text, nullable=False),
    UniqueConstraint("campaign", "number", name="campaign_contacts_number"),
    Index("campaign_contacts_by_id", "campaign", "id"),
    Index("campaign_contacts_by_status", "campaign", "status", "id"),
    Index("campaign_contacts_by_due", "campaign", "due", "id", "trunk"),
    Index("campaign_contacts_by_trunk", "trunk", "status"),
)
campaign_serials = Table(  # of an account: the last ones that were given, and the pace of its campaigns together
    "campaign_serials",
    metadata,
    Column("account", String, primary_key=True),
    Column("campaigns", Integer, nullable=False),
    Column("contacts", Integer, nullable=False),
    Column("next_call", Float, nullable=False, server_default="0"),  # when that pace allows the next one
)
do_not_call = Table(
    "do_not_call",
    metadata,
    Column("account", String, primary_key=True),  # "": of all accounts
    Column("number", String, primary_key=True),
    Column("at", Float, nullable=False),
    Column("why", Text, nullable=False),
)
campaign_trunks = Table(  # what campaigns may take of a trunk, of all accounts together
    "campaign_trunks",
    metadata,
    Column("trunk", String, primary_key=True),
    Column("per_second", Float, nullable=True),
    Column("at_once", Integer, nullable=True),
    Column("next_call", Float, nullable=False),
)
