"""The table of SIP traces. Times are Unix seconds."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, String, Table

from engine.store.tables import metadata

sip_traces = Table(  # some messages of one SIP Call-ID, a few seconds' each
    "sip_traces",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("call", String, nullable=False),  # the leg's id; "": it reached no number
    Column("sip_call_id", String, nullable=False),
    Column("at", Float, nullable=False),  # of the first message
    Column("size", Integer, nullable=False),  # of the row, in bytes
    Column("left_out", Integer, nullable=False),  # messages beyond the limit of a call
    Column("gap", Boolean, nullable=False),  # messages may be missing before or among these
    Column("messages", LargeBinary, nullable=False),  # a list of model.SipMessage as msgpack, compressed by zlib
    Index("sip_traces_by_call", "call", "position"),
    Index("sip_traces_by_sip_call_id", "sip_call_id", "position"),
    Index("sip_traces_by_at", "at", "size"),
)
