"""The tables of passcodes. Times are Unix seconds."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text

from engine.store.tables import metadata

passcodes = Table(
    "passcodes",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("number", String, nullable=False),
    Column("way", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("tries", Integer, nullable=False),  # that are left
    Column("length", Integer, nullable=False),
    Column("valid_seconds", Float, nullable=False),
    Column("fallback_seconds", Float, nullable=True),  # NULL: no call follows a text
    Column("verified_elsewhere", Boolean, nullable=False),
    Column("address", String, nullable=False),
    Column("text", String, nullable=False),  # the id of the text that brings it; "": none does
    Column("call", String, nullable=False),  # of the call
    Column("ended", Float, nullable=True),
    Column("reason", String, nullable=False),
    Column("digest", String, nullable=False),  # a keyed hash of the code
    Column("content", Text, nullable=False),  # engine.features.passcodes.model.Content, sealed; "": it has ended
    Index("passcodes_by_account", "account", "created", "id"),
    Index("passcodes_by_created", "created"),
)
passcode_attempts = Table(  # each text and call, for a day and longer: they are counted
    "passcode_attempts",
    metadata,
    Column("id", String, primary_key=True),  # of the text or call
    Column("passcode", String, nullable=False),
    Column("account", String, nullable=False),
    Column("number", String, nullable=False),
    Column("range", String, nullable=False),
    Column("address", String, nullable=False),
    Column("way", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("ended", Float, nullable=True),
    Index("passcode_attempts_by_number", "number", "created"),
    Index("passcode_attempts_by_account", "account", "created"),
    Index("passcode_attempts_by_created", "created"),
)
passcode_sending = Table(
    "passcode_sending",
    metadata,
    Column("account", String, primary_key=True),
    Column("settings", Text, nullable=False),  # engine.features.passcodes.model.PasscodeSettings as JSON
    Column("stopped", Float, nullable=True),
    Column("why", Text, nullable=False),
    Column("resumed", Float, nullable=False),
)
