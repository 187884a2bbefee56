"""The tables of messaging. Times are Unix seconds, money is millionths of the account's currency."""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, false

from engine.store.tables import metadata

_MONEY = BigInteger().with_variant(Integer, "sqlite")
smscs = Table(
    "smscs",
    metadata,
    Column("name", String, primary_key=True),
    Column("host", String, nullable=False),
    Column("port", Integer, nullable=False),
    Column("system_id", String, nullable=False),
    Column("password", String, nullable=False),  # sealed
    Column("per_second", Float, nullable=False),
    Column("settings", Text, nullable=False),  # of its link, as JSON
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("country", String, nullable=False, server_default=""),  # in which its numbers without + are read
)
message_routes = Table(
    "message_routes",
    metadata,
    Column("account", String, primary_key=True),  # "": everybody's
    Column("prefix", String, primary_key=True),  # digits; "": every number
    Column("smsc", ForeignKey("smscs.name"), primary_key=True),
    Column("priority", Integer, nullable=False),
)
message_rates = Table(
    "message_rates",
    metadata,
    Column("account", String, primary_key=True),  # "": every account's
    Column("prefix", String, primary_key=True),
    Column("currency", String, primary_key=True),
    Column("per_part", _MONEY, nullable=False),  # millionths
)
message_keywords = Table(
    "message_keywords",
    metadata,
    Column("number", String, primary_key=True),
    Column("word", String, primary_key=True),  # in upper case
    Column("account", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("leads_to", Text, nullable=False),
    Column("owner", String, nullable=False, server_default=""),  # the account that had the number then
)
texting = Table(  # what accounts have set for their texts
    "texting",
    metadata,
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    Column("sender", String, nullable=False),
    Column("per_second", Float, nullable=False),
    Column("stop_words", Boolean, nullable=False),
)
opt_outs = Table(  # who sent STOP to an account
    "opt_outs",
    metadata,
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    Column("number", String, primary_key=True),  # whose texts are refused
    Column("since", Float, nullable=False),
    Column("word", String, nullable=False),
)
messages = Table(
    "messages",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("application", String, nullable=True),
    Column("direction", String, nullable=False),
    Column("sender", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("carrier", String, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Column("due", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("sent", Float, nullable=True),
    Column("ended", Float, nullable=True),
    Column("reason", Text, nullable=False),
    Column("per_part", _MONEY, nullable=False),  # what a part costs, by the rates when it was accepted
    Column("price", _MONEY, nullable=False),
    Column("currency", String, nullable=False),
    Column("data", Text, nullable=True),  # engine.model.call_data as JSON; NULL: none
    Column("watched", Boolean, nullable=False),  # when it expires something is still to be done
    Column("reply_to", String, nullable=False, server_default=""),
    Column("origin", String, nullable=False, server_default=""),
    Column("carrier_key", String, nullable=True, unique=True),  # of one that came in: what names it at its carrier
    Column("user", String, nullable=True),  # in whose inbox it is (the id); NULL: in nobody's
    Column("files", Text, nullable=True),  # the ids of its files, as JSON; NULL: none
    Index("messages_by_account", "account", "created"),
    Index("messages_by_time", "created", "id"),
    Index("messages_by_pair", "sender", "recipient", "created"),
)
Index(
    "messages_watched",
    messages.c.expires,
    sqlite_where=messages.c.watched,
    postgresql_where=messages.c.watched,
)
Index(
    "messages_by_user",
    messages.c.user,
    messages.c.created,
    sqlite_where=messages.c.user.is_not(None),
    postgresql_where=messages.c.user.is_not(None),
)
message_parts = Table(  # of texts that are sent
    "message_parts",
    metadata,
    Column("message", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("extension", String, nullable=False),  # to whose phone it goes; "": to a telephone number
    Column("carrier", String, nullable=False),
    Column("carrier_id", String, nullable=True),  # NULL: not accepted; "": accepted, and no receipt will come
    Column("reference", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("due", Float, nullable=False),  # when it may be submitted
    Column("attempts", Integer, nullable=False),  # that were put off
    Column("at", Float, nullable=True),  # of its last change
    Column("reason", Text, nullable=False),
)
Index(  # receipts name their part by it
    "message_parts_by_carrier_id",
    message_parts.c.carrier,
    message_parts.c.carrier_id,
    sqlite_where=message_parts.c.carrier_id != "",
    postgresql_where=message_parts.c.carrier_id != "",
)
Index(  # the queue
    "message_parts_waiting",
    message_parts.c.carrier,
    message_parts.c.account,
    message_parts.c.extension,
    message_parts.c.due,
    message_parts.c.message,
    message_parts.c.number,
    sqlite_where=message_parts.c.state == "waiting",
    postgresql_where=message_parts.c.state == "waiting",
)
Index(
    "message_parts_submitting",
    message_parts.c.carrier,
    sqlite_where=message_parts.c.state == "submitting",
    postgresql_where=message_parts.c.state == "submitting",
)
idempotency_keys = Table(  # of requests to send a text, for a day
    "idempotency_keys",
    metadata,
    Column("account", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("digest", String, nullable=False),  # of the request
    Column("message", Text, nullable=False),  # as it was answered, as JSON
    Column("at", Float, nullable=False, index=True),
)
early_receipts = Table(  # that came before the answer that names their part, or name none of ours
    "early_receipts",
    metadata,
    Column("carrier", String, primary_key=True),
    Column("carrier_id", String, primary_key=True),
    Column("state", String, primary_key=True),
    Column("error", String, nullable=False),
    Column("at", Float, nullable=False, index=True),
)
incoming_parts = Table(  # of longer texts; those of a text that is complete are kept for a while, to know doubles
    "incoming_parts",
    metadata,
    Column("carrier", String, primary_key=True),
    Column("sender", String, primary_key=True),  # both as the carrier wrote them
    Column("recipient", String, primary_key=True),
    Column("reference", Integer, primary_key=True),
    Column("total", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Text, nullable=False),  # as JSON: it may begin or end with half a character
    Column("at", Float, nullable=False, index=True),
    Column("key", String, nullable=False, server_default=""),
    Column("complete", Boolean, nullable=False, server_default=false()),
)
unmatched_messages = Table(  # texts to no number of ours, the newest ones
    "unmatched_messages",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", Float, nullable=False, index=True),
    Column("carrier", String, nullable=False),
    Column("sender", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("reason", String, nullable=False),
)
text_threads = Table(
    "text_threads",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("ours", String, nullable=False),
    Column("theirs", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("updated", Float, nullable=False),
    Index("text_threads_by_pair", "account", "ours", "theirs", unique=True),
    Index("text_threads_by_account", "account", "updated"),
)
message_marks = Table(  # what the account did with texts of its threads
    "message_marks",
    metadata,
    Column("message", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("read", Boolean, nullable=False),
    Column("hidden", Boolean, nullable=False),  # it is shown in no thread; the text itself stays
    Index("message_marks_by_account", "account"),
)
