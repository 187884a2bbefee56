"""The tables of voicemail. Times are Unix seconds."""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from engine.store.tables import metadata

_BIG = BigInteger().with_variant(Integer, "sqlite")
voicemail_boxes = Table(
    "voicemail_boxes",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", ForeignKey("accounts.id"), nullable=False),
    Column("number", String, nullable=False),  # within its account
    Column("name", String, nullable=False),
    Column("extension", String, nullable=False),  # whose it is; "": no extension's
    Column("user", String, nullable=False),  # whose it is, by the id; "": no user's
    Column("language", String, nullable=False),
    Column("says_name", Boolean, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("pin", String, nullable=False),  # an argon2id hash
    Column("max_seconds", Float, nullable=False),
    Column("silence_seconds", Float, nullable=False),
    Column("least_seconds", Float, nullable=False),
    Column("star", String, nullable=False),
    Column("zero", String, nullable=False),  # a destination; "": none
    Column("format", String, nullable=False),
    Column("skip_pin_from_own_extension", Boolean, nullable=False),
    Column("email", String, nullable=False),
    Column("attach", Boolean, nullable=False),
    Column("delete_after_email", Boolean, nullable=False),
    Column("most_messages", Integer, nullable=False),
    Column("most_seconds", Float, nullable=False),
    Column("most_bytes", _BIG, nullable=False),
    Column("retention_days", Float, nullable=False),
    Column("timezone", String, nullable=False, server_default="UTC"),  # IANA
    Column("created", Float, nullable=False),
    UniqueConstraint("account", "number"),
)
voicemail_greetings = Table(  # those that are not spoken by a voice
    "voicemail_greetings",
    metadata,
    Column("box", ForeignKey("voicemail_boxes.id"), primary_key=True),
    Column("kind", String, primary_key=True),  # all, busy, away
    Column("account", String, nullable=False, index=True),
    Column("file", String, nullable=False),  # in the folder of uploads
    Column("digest", String, nullable=False),
    Column("bytes", _BIG, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("created", Float, nullable=False),
)
voicemails = Table(
    "voicemails",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False, index=True),
    Column("box", ForeignKey("voicemail_boxes.id"), nullable=False),
    Column("recording", String, nullable=True, unique=True),  # that it was made of; NULL: forwarded
    Column("caller", String, nullable=False),  # "": withheld
    Column("withheld", Boolean, nullable=False),
    Column("called", String, nullable=False),
    Column("call", String, nullable=False),
    Column("received", Float, nullable=False),
    Column("arrived", Float, nullable=False, server_default="0"),  # in this box; retention counts from it
    Column("seconds", Float, nullable=False),
    Column("bytes", _BIG, nullable=False),
    Column("format", String, nullable=False),
    Column("file", String, nullable=False),  # its name in the folder of recordings, without the format
    Column("folder", String, nullable=False),  # inbox, saved, trash
    Column("read", Boolean, nullable=False),
    Column("deleted", Float, nullable=True),  # when it was put into the trash
    Column("was_in", String, nullable=False),  # before that
    Column("origin", String, nullable=False),  # the message that was forwarded; "": a caller left it
    Index("voicemails_by_box", "box", "received", "id"),
    Index("voicemails_by_arrival", "arrived", "id"),
)
