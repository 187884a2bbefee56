"""The tables, in SQLAlchemy Core; SQLite (WAL) by default, PostgreSQL by URL.

Times are Unix seconds in Float; money is Integer millionths of the account's currency; ids are engine.ids strings.
They are one long file because they refer to one another and a revision is written against all of them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

metadata = MetaData(
    naming_convention={  # SQLite can only change named constraints
        "pk": "%(table_name)s_key",
        "uq": "%(table_name)s_by_%(column_0_N_name)s",
        "fk": "%(table_name)s_to_%(referred_table_name)s_by_%(column_0_name)s",
        "ix": "%(table_name)s_by_%(column_0_N_name)s",
    }
)
_BIG = BigInteger().with_variant(Integer, "sqlite")

accounts = Table(
    "accounts",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("created", Float, nullable=False),
    Column("disabled", Boolean, nullable=False, default=False),
    Column("allow_private", Boolean, nullable=False, default=False),
    Column("country", String, nullable=False, default="US"),
    Column("currency", String, nullable=False, default="USD"),
    Column("balance", _BIG, nullable=True),  # NULL: not prepaid, no limit by balance
    Column("daily_spend", _BIG, nullable=True),
    Column("max_calls", Integer, nullable=False, default=100),
    Column("calls_per_second", Float, nullable=False, default=10.0),
    Column("max_attempts", Integer, nullable=True),  # routes dialled for one call; NULL: as many as the settings say
    Column("settings", Text, nullable=False, default="{}"),  # a dialect's account settings, by its name
    Column("hint_context", Integer, nullable=True),  # in which its phones subscribe to states; NULL: in none
    Column("closed", Float, nullable=True),  # when it was removed; ledger, calls and recordings stay
    Column("spent", _BIG, nullable=False, server_default="0"),  # charged on `spent_day`, if there are limits
    Column("spent_day", Integer, nullable=True),  # days since 1970-01-01 in UTC
)
users = Table(  # the people of an account
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", ForeignKey("accounts.id"), nullable=False),
    Column("email", String, nullable=False, index=True),  # in lower case
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),  # owner, admin, member
    Column("password", String, nullable=False),  # an argon2id hash
    Column("disabled", Boolean, nullable=False),
    Column("created", Float, nullable=False),
    UniqueConstraint("account", "email"),
)
credentials = Table(  # credentials of requests, found by (dialect, key)
    "credentials",
    metadata,
    Column("dialect", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("account", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("application", ForeignKey("applications.id"), nullable=True, unique=True),  # NULL: the account's own key
    Column("secret", String, nullable=False),  # of a token its digest
    Column("created", Float, nullable=False),
    Column("kind", String, nullable=False, server_default="key"),  # key; token: a user's
    Column("user", ForeignKey("users.id"), nullable=True, index=True),  # the owner of a token; NULL: a key
    Column("name", String, nullable=False, server_default=""),  # what a token is for
    Column("expires", Float, nullable=True),  # NULL: it does not
)
allowed_prefixes = Table(
    "allowed_prefixes",
    metadata,
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    Column("prefix", String, primary_key=True),  # digits, no plus
)
caller_ids = Table(
    "caller_ids",
    metadata,
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    Column("number", String, primary_key=True),
    Column("verified", Float, nullable=False),
    Column("preferred", Float, nullable=True),  # since when it is the one that is shown by default; NULL: it is not
)
applications = Table(
    "applications",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("dialect", String, nullable=False, default=""),  # who takes an offered call; "" for a fixed list
    Column("settings", Text, nullable=False, default="{}"),  # the dialect's, e.g. {"inboundUrl": "http://…"}
    Column("tasks", Text, nullable=True),  # a fixed list of tasks as JSON, which needs no web server
    Column("asks", Boolean, nullable=False, default=False),  # its server decides what each call does
    UniqueConstraint("account", "name"),
)
numbers = Table(  # digits (or a short code such as 500) → destination, per capability; owned by one account
    "numbers",
    metadata,
    Column("number", String, primary_key=True),
    Column("capability", String, primary_key=True),  # voice, sms
    Column("account", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("application", ForeignKey("applications.id"), nullable=True),  # what it leads to, or:
    Column("destination", Text, nullable=True),  # any other engine.model.destination; both NULL: nothing
    Column("fax_to", Text, nullable=False, default="", server_default=""),  # where its faxes go; "": nowhere
)
extensions = Table(
    "extensions",
    metadata,
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    Column("number", String, primary_key=True),  # within its account
    Column("name", String, nullable=False, default=""),
    Column("sip_user", String, nullable=False, unique=True),  # its phone's user; Asterisk's endpoint
    Column("password", String, nullable=False),
    Column("application", ForeignKey("applications.id"), nullable=True),  # decides what each of its calls does
    Column("no_answer", Text, nullable=False, default="", server_default=""),  # destinations, "" for none
    Column("busy", Text, nullable=False, default="", server_default=""),
    Column("unregistered", Text, nullable=False, default="", server_default=""),
    Column("always", Text, nullable=False, default="", server_default=""),
    Column("do_not_disturb", Boolean, nullable=False, default=False, server_default=false()),
    Column("call_waiting", Boolean, nullable=False, default=True, server_default=true()),
    Column("ring_seconds", Float, nullable=True),  # NULL: as long as a call may ring
    Column("owner", ForeignKey("users.id"), nullable=True, index=True),  # whose phone it is; NULL: nobody's
    Column("max_contacts", Integer, nullable=False, default=5, server_default="5"),  # phones at once
    Column("webrtc", Boolean, nullable=False, default=False, server_default=false()),  # and as many browsers
    Column("srtp", String, nullable=False, default="optional", server_default="optional"),  # store.extensions.Srtp
    Column("dtmf", String, nullable=False, default="auto", server_default="auto"),  # store.extensions.Dtmf
    Column("codecs", String, nullable=False, default="", server_default=""),  # in their order; "" for the usual ones
    Column("outbound_caller", String, nullable=False, default="", server_default=""),  # digits; "": the account's first
    Column("record_external", String, nullable=False, default="never", server_default="never"),  # Records
    Column("record_internal", String, nullable=False, default="never", server_default="never"),
    Column("id", String, nullable=False, unique=True),  # never given to another one, as its number may be
)
ring_groups = Table(
    "ring_groups",
    metadata,
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("members", Text, nullable=False),  # extensions and numbers in their order, as JSON
    Column("strategy", String, nullable=False),  # engine.model.ring_strategy.Strategy
    Column("seconds", Float, nullable=False),
    Column("seconds_each", Float, nullable=False),
    Column("otherwise", Text, nullable=False),  # the destination if no member answers, "" for none
)
sip_users = Table(  # every SIP user name that an extension has or had: reserved for its account
    "sip_users",
    metadata,
    Column("name", String, primary_key=True),
    Column("account", String, nullable=False, index=True),  # "": an account that was removed
)
trunks = Table(
    "trunks",
    metadata,
    Column("name", String, primary_key=True),
    Column("host", String, nullable=False),
    Column("port", Integer, nullable=False, default=5060),
    Column("username", String, nullable=True),
    Column("password", String, nullable=True),
    Column("register", Boolean, nullable=False, default=False),
    Column("codecs", String, nullable=False, default="ulaw,alaw"),
    Column("dtmf", String, nullable=False, default="rfc4733"),
    Column("prefix", String, nullable=False, default=""),  # digits this trunk carries; longest wins
    Column("priority", Integer, nullable=False, default=10),  # lower first among equal prefixes
    Column("sources", Text, nullable=False, default="", server_default=""),  # further sources of its calls
    Column("country", String, nullable=False, default="", server_default=""),  # of its numbers; "": the account's
    # Groups of settings (engine.store.trunk_groups) as JSON, without what is the default.
    Column("signalling", Text, nullable=False, default="{}", server_default="{}"),
    Column("numbering", Text, nullable=False, default="{}", server_default="{}"),
    Column("media", Text, nullable=False, default="{}", server_default="{}"),
    Column("routing", Text, nullable=False, default="{}", server_default="{}"),
)
trunk_costs = Table(
    "trunk_costs",
    metadata,
    Column("trunk", String, primary_key=True),
    Column("prefix", String, primary_key=True),
    Column("currency", String, nullable=False),
    Column("per_minute", _BIG, nullable=False),
)
rates = Table(
    "rates",
    metadata,
    Column("account", String, primary_key=True, default="", server_default=""),  # "": every account's
    Column("prefix", String, primary_key=True),
    Column("currency", String, primary_key=True),
    Column("per_minute", _BIG, nullable=False),
    Column("first", Integer, nullable=False, default=60),
    Column("next", Integer, nullable=False, default=60),
)
ledger = Table(
    "ledger",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", ForeignKey("accounts.id"), nullable=False),
    Column("at", Float, nullable=False),
    Column("amount", _BIG, nullable=False),
    Column("kind", String, nullable=True),  # what was charged, e.g. call; NULL: paid in or out
    Column("subject", String, nullable=True),  # its id
    Column("note", String, nullable=False, default=""),
    UniqueConstraint("kind", "subject"),  # charged once
    Index("ledger_by_account", "account", "at"),
)
holds = Table(  # money of accounts with a limit that is held for what is in progress
    "holds",
    metadata,
    Column("kind", String, primary_key=True),  # its purpose, e.g. call
    Column("id", String, primary_key=True),
    Column("account", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("at", Float, nullable=False),
    Column("amount", _BIG, nullable=False),
    Column("terms", Text, nullable=True),  # JSON from which it is calculated: a call's rate (engine.features.billing)
    Column("note", String, nullable=False, default=""),
)
owners = Table(  # the controller that may write for an ARI application (fencing)
    "owners",
    metadata,
    Column("ari_application", String, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("seen", Float),  # Unix seconds: the last sign of life of its controller
)
calls = Table(
    "calls",
    metadata,
    Column("id", String, primary_key=True),
    Column("root", String, nullable=False, index=True),
    Column("account", String, nullable=False),
    Column("application", String, nullable=True),
    Column("direction", String, nullable=False),
    Column("caller", String, nullable=False),
    Column("callee", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("answered", Float, nullable=True),
    Column("ended", Float, nullable=True),
    Column("cause", String, nullable=True),
    Column("sip_status", Integer, nullable=True),
    Column("hung_up_by", String, nullable=True),
    Column("price", _BIG, nullable=False, default=0),
    Column("currency", String, nullable=False, default="USD"),
    Column("trunk", String, nullable=True),
    Column("sip_call_id", String, nullable=True),
    Column("node", String, nullable=False),
    Column("ari_application", String, nullable=False),
    Column("channel_id", String, nullable=False),
    Column("ring_seconds", Float, nullable=False),
    Column("max_seconds", Float, nullable=False),
    Column("short_of_credit", Boolean, nullable=False, default=False, server_default=false()),  # money limits it
    Column("whole", Boolean, nullable=False, default=False),
    Column("manner", Text, nullable=True),  # engine.model.leg_options as JSON; NULL: dialled as a plain number
    Column("headers", Text, nullable=True),  # (name, value) as JSON; NULL: none
    Column("diverted_from", Text, nullable=False, default=""),
    Column("private", Boolean, nullable=False, default=False, server_default=false()),  # the caller ID is withheld
    Column("verstat", Text, nullable=True),  # engine.model.verstat as JSON; NULL: the INVITE says nothing
    Index("calls_by_account", "account", "created"),
    Index("calls_by_time", "created"),
)
call_data = Table(  # what customers stored with calls: a row where there is any
    "call_data",
    metadata,
    Column("call", String, primary_key=True),
    Column("dialect", String, nullable=False),
    Column("address", Text, nullable=False),
    Column("values", Text, nullable=False),  # texts by their names, as a JSON object
    Column("version", Integer, nullable=False),  # rises by one with each change
)
unmatched_calls = Table(  # calls from a trunk that reached no number, the newest ones
    "unmatched_calls",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", Float, nullable=False),
    Column("trunk", String, nullable=False),
    Column("caller", Text, nullable=False),
    Column("callee", Text, nullable=False),
    Column("reason", String, nullable=False),
    Column("sip_call_id", Text, nullable=False),
    Column("times", Integer, nullable=False),
    Index("unmatched_calls_by_time", "at"),
)
Index(
    "calls_live",
    calls.c.ari_application,
    sqlite_where=calls.c.ended.is_(None),
    postgresql_where=calls.c.ended.is_(None),
)
conferences = Table(
    "conferences",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("data", Text, nullable=True),  # engine.model.call_data as JSON; NULL: none
    Column("moderator", String, nullable=True),  # the moderator's call
    Column("policy", Text, nullable=False),  # engine.conferences.policy as JSON
    Column("ari_application", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("started", Float, nullable=True),
    Column("ended", Float, nullable=True),
    Column("reason", String, nullable=True),  # set for a named one when it begins to end
    Column("name", String, nullable=True),  # within its account; NULL: a moderator's
)
Index(
    "conferences_live",
    conferences.c.ari_application,
    sqlite_where=conferences.c.ended.is_(None),
    postgresql_where=conferences.c.ended.is_(None),
)
_open_by_name = conferences.c.name.is_not(None) & conferences.c.ended.is_(None) & conferences.c.reason.is_(None)
Index(
    "conferences_by_name",
    conferences.c.account,
    conferences.c.name,
    unique=True,
    sqlite_where=_open_by_name,
    postgresql_where=_open_by_name,
)
participants = Table(
    "participants",
    metadata,
    Column("conference", String, primary_key=True),
    Column("call", String, primary_key=True),
    Column("task", String, primary_key=True),  # the JoinConference task
    Column("joined", Float, nullable=False),
    Column("left", Float, nullable=True),
    Column("muted", Boolean, nullable=False, default=False, server_default=false()),
    Column("held", Boolean, nullable=False, default=False, server_default=false()),
    Column("hold_music", String, nullable=True),
    Column("admin", Boolean, nullable=False, default=False, server_default=false()),
)
tasks = Table(
    "tasks",
    metadata,
    Column("id", String, primary_key=True),
    Column("owner", String, nullable=False),  # a call or a conference
    Column("position", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("parameters", Text, nullable=False),  # the task itself as JSON
    Column("state", String, nullable=False),
    Column("phase", String, nullable=False, default="none"),
    Column("queued", Float, nullable=False),
    Column("begun", Float, nullable=True),  # taken from the queue
    Column("started", Float, nullable=True),  # its effect began (TaskStarted)
    Column("ended", Float, nullable=True),
    Column("outcome", Text, nullable=True),  # engine.tasks.results.Outcome as JSON
    UniqueConstraint("owner", "position"),
)
events = Table(
    "events",
    metadata,
    Column("position", _BIG, primary_key=True, autoincrement=True),  # the publisher's cursor
    Column("id", String, nullable=False, unique=True),
    Column("root", String, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("subject", String, nullable=False, index=True),
    Column("account", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("body", Text, nullable=False),  # engine.events as JSON
    UniqueConstraint("root", "sequence"),
    Index("events_of_account", "account", "position"),
    sqlite_autoincrement=True,  # a position is never reused, even if old events are deleted
)
commands = Table(  # what other processes ask of a controller, and its answers
    "commands",
    metadata,
    Column("id", String, primary_key=True),
    Column("ari_application", String, nullable=False),  # whose controller carries it out
    Column("account", String, nullable=False),
    Column("subject", String, nullable=False),  # the call or conference that it names
    Column("requester", String, nullable=False),  # who waits for the answer
    Column("body", Text, nullable=False),  # engine.commands.wire
    Column("created", Float, nullable=False),
    Column("deadline", Float, nullable=False),
    Column("state", String, nullable=False),
    Column("answer", Text, nullable=True),  # engine.commands.wire: the result, or a refusal
    Column("epoch", Integer, nullable=True),  # of the controller that took it
    Index("commands_by_controller", "ari_application", "created"),
)
typed_ahead = Table(  # digits of live calls that no task has taken
    "typed_ahead",
    metadata,
    Column("position", _BIG, primary_key=True, autoincrement=True),
    Column("call", String, nullable=False, index=True),
    Column("digit", String, nullable=False),
    Column("event", String, nullable=False, unique=True),  # its DigitPressed
)
recordings = Table(
    "recordings",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False, index=True),
    Column("owner", String, nullable=False, index=True),  # a call or a conference
    Column("task", String, nullable=False),
    Column("name", String, nullable=False),  # the end of the customer's link
    Column("created", Float, nullable=False),
    Column("seconds", Float, nullable=True),
    Column("bytes", _BIG, nullable=True),
    Column("deleted", Float, nullable=True),
    Column("format", String, nullable=False, default="wav"),
    Column("destination", String, nullable=False, default=""),  # "": our own store
    Column("notify", Boolean, nullable=False, default=False),
    Column("available", Float, nullable=True),  # when the file reached its destination
    Column("error", Text, nullable=True),  # why it will not reach it
    Column("purpose", String, nullable=False, default="", server_default=""),  # of a feature's own; "": the customer's
)
uploads = Table(  # prompts that accounts uploaded
    "uploads",
    metadata,
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("file", String, nullable=False),  # its random name on disk
    Column("digest", String, nullable=False),
    Column("bytes", _BIG, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("created", Float, nullable=False),
)
subscriptions = Table(  # which events accounts want to hear of, and where
    "subscriptions",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("events", Text, nullable=False),  # names and patterns of them, as JSON
    Column("sink", String, nullable=False),  # http, email
    Column("address", Text, nullable=False),
    Column("secret", Text, nullable=False),  # sealed; "" where nothing is signed
    Column("old_secret", Text, nullable=False),  # what it was before the last rotation
    Column("old_until", Float, nullable=True),  # until when that signs too
    Column("application", String, nullable=True),  # of whose calls it wants to hear alone
    Column("created", Float, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("dialect", String, nullable=False, default="", server_default=""),  # whose messages it gets; "": ours
    Column("topic", String, nullable=False, default="", server_default=""),  # what the dialect calls it
)
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String, primary_key=True),
    Column("event", String, nullable=False),
    Column("subscriber", String, nullable=False, default="", server_default=""),  # a subscription; "": none
    Column("part", Integer, nullable=False),  # which of an event's callbacks to this subscriber
    Column("position", _BIG, nullable=False),  # of the event: order within a lane
    Column("account", String, nullable=False),
    Column("root", String, nullable=False),
    Column("subject", String, nullable=False, index=True),
    Column("dialect", String, nullable=False),
    Column("host", String, nullable=False),
    Column("url", Text, nullable=False),
    Column("fallback", Text, nullable=False, server_default=""),  # the URL that is tried if the first one fails
    Column("body", Text, nullable=False),
    Column("content_type", String, nullable=False),
    Column("state", String, nullable=False),  # pending, delivered, dead
    Column("attempts", Integer, nullable=False, default=0),
    Column("due", Float, nullable=False),
    Column("created", Float, nullable=False),
    Column("ended", Float, nullable=True),
    Column("error", Text, nullable=True),
    Column("remark", Text, nullable=True),  # a sentence on the server's answer
    UniqueConstraint("event", "subscriber", "part"),
    Index("deliveries_by_state", "state", "account"),
)
Index(
    "deliveries_by_subscriber",
    deliveries.c.subscriber,
    deliveries.c.position,
    sqlite_where=deliveries.c.subscriber != "",
    postgresql_where=deliveries.c.subscriber != "",
)
delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("delivery", ForeignKey("deliveries.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("status", Integer, nullable=True),
    Column("error", Text, nullable=True),
)
question_attempts = Table(  # questions to customers' servers; deleted with their root
    "question_attempts",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("root", String, nullable=False, index=True),
    Column("subject", String, nullable=False),  # the call that asked
    Column("question", String, nullable=False),  # the asking task; "" if there is none
    Column("dialect", String, nullable=False),
    Column("name", String, nullable=False),  # the dialect's name of the question
    Column("url", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("status", Integer, nullable=True),
    Column("error", Text, nullable=True),
    Column("asked", Text, nullable=False),
    Column("answered", Text, nullable=True),
    Column("answered_bytes", Integer, nullable=True),
)
cursors = Table(
    "cursors",
    metadata,
    Column("name", String, primary_key=True),
    Column("position", _BIG, nullable=False),
)
audit = Table(  # changes and their actors; entries of a removed account stay, so there is no reference to accounts
    "audit",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", Float, nullable=False),
    Column("account", String, nullable=True),  # NULL: the installation's, such as a trunk
    Column("actor_kind", String, nullable=False),
    Column("actor", String, nullable=False),  # the id of an account or user; "" for the others
    Column("actor_name", String, nullable=False),
    Column("what", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("before", Text, nullable=True),  # JSON
    Column("after", Text, nullable=True),  # JSON
    Index("audit_by_account", "account", "at"),
)
call_requests = Table(  # requests to place a call that named themselves, for a day
    "call_requests",
    metadata,
    Column("account", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("digest", String, nullable=False),  # of the request
    Column("call", String, nullable=False),  # its id
    Column("at", Float, nullable=False),
)
due_work = Table(  # work that the scheduler does at a time
    "due_work",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("account", String, nullable=True, index=True),
    Column("payload", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=True),
    Column("failed", Float, nullable=True),  # when it failed for good
    Column("epoch", Integer, nullable=True),  # of the controller that has claimed it
    Index("due_work_by_time", "failed", "at", "kind", "account", "epoch"),  # all that a look for due work reads
)
