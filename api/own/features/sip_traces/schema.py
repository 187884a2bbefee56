"""The SIP messages of a call."""

from typing import Annotated

from api.own.schema.fields import Moment, Shown, says


class SipMessage(Shown, frozen=True, kw_only=True):
    """A SIP message that Carillon sent or received."""

    time: Moment
    sent: Annotated[
        bool | None, says("Whether Carillon sent it; null: the first INVITE, which would show that, is missing.")
    ]
    source: Annotated[str, says("ADDRESS:PORT that it came from.")]
    target: Annotated[str, says("ADDRESS:PORT that it went to.")]
    transport: Annotated[str, says("UDP, TCP, TLS, … as its topmost Via says.")]
    method: Annotated[str | None, says("The method of a request; null: it is a response.")]
    uri: Annotated[str | None, says("The request URI.")]
    status: Annotated[int | None, says("The status of a response; null: it is a request.")]
    phrase: Annotated[str | None, says("The reason phrase of a response.")]
    cseq: Annotated[str, says("CSeq: the number and the method.")]
    reason: Annotated[str | None, says("The Reason header (RFC 3326), such as Q.850;cause=16.")]
    sdp: Annotated[bool, says("Whether it carries an offer or an answer.")]
    repeated: Annotated[bool, says("Whether the same message was sent before.")]
    gap: Annotated[bool, says("Whether messages may be missing before it, or behind it.")]
    text: Annotated[str, says("The whole message; passwords, keys and digits are masked by asterisks.")]


class SipDialog(Shown, frozen=True, kw_only=True):
    """The messages of one SIP Call-ID of a leg. A leg has one for each trunk that was tried."""

    call: Annotated[str | None, says("The id of the leg; null: the call reached no number.")]
    sip_call_id: Annotated[str, says("The SIP Call-ID (RFC 3261 section 8.1.1.4).")]
    left_out: Annotated[int, says("How many messages were not kept because the call had too many.")]
    messages: Annotated[tuple[SipMessage, ...], says("The messages in the order in which they were seen.")]


class SipTrace(Shown, frozen=True, kw_only=True):
    """The SIP messages of all legs of a call tree."""

    kept_hours: Annotated[float, says("For how many hours messages are kept; 0: none are.")]
    dialogs: Annotated[tuple[SipDialog, ...], says("A Call-ID each, in the order in which they began.")]
