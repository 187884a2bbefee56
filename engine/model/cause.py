"""Why a call ended: one enum, and one table from what Asterisk says."""

from enum import StrEnum
from typing import NamedTuple


class HangupCause(StrEnum):
    """Why a call ended, in words; CODES gives Q.850 and SIP.

    NO_REPLY: who was asked what the call does next did not say in time. ILLEGAL_SCRIPT: what they said could not be
    followed. LOOP: it was led from one destination to the next too often. ANSWERED_ELSEWHERE: another member of a ring
    group took it. USER_UNKNOWN: there is no such extension. NO_ROUTE: no trunk carries the number.

    Said by the far end: REDIRECTED: dial another number instead (3xx), which is not done. PAYMENT_REQUIRED: 402.
    IDENTITY_REFUSED: it wants the caller's number signed, or does not take its signature (RFC 8224 section 6.2.2).
    ANONYMITY_REFUSED: it takes no caller that is withheld (433, RFC 5079). UNWANTED: the callee wants no such calls
    (607, RFC 8197). BLOCKED: something between us and the callee rejects the caller (608, RFC 8688). SESSION_EXPIRED:
    no refresh of the session came in time (RFC 4028 section 10).
    """

    NORMAL = "normal"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNAVAILABLE = "unavailable"
    REJECTED = "rejected"
    UNWANTED = "unwanted"
    BLOCKED = "blocked"
    ANONYMITY_REFUSED = "anonymity_refused"
    IDENTITY_REFUSED = "identity_refused"
    REDIRECTED = "redirected"
    FORBIDDEN = "forbidden"
    PAYMENT_REQUIRED = "payment_required"
    UNKNOWN_NUMBER = "unknown_number"
    USER_UNKNOWN = "user_unknown"
    INVALID_NUMBER = "invalid_number"
    NOT_ACCEPTABLE = "not_acceptable"
    CONGESTION = "congestion"
    NETWORK_ERROR = "network_error"
    NO_RESPONSE = "no_response"
    CANCELLED = "cancelled"
    MEDIA_TIMEOUT = "media_timeout"
    SESSION_EXPIRED = "session_expired"
    MAX_DURATION = "max_duration"
    NO_CREDIT = "no_credit"
    NOT_ALLOWED = "not_allowed"
    NO_ROUTE = "no_route"
    NO_APPLICATION = "no_application"
    NO_REPLY = "no_reply"
    ILLEGAL_SCRIPT = "illegal_script"
    OVER_LIMIT = "over_limit"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    LOOP = "loop"
    MEDIA_NODE_LOST = "media_node_lost"
    CONTROLLER_LOST = "controller_lost"
    ERROR = "error"


class Codes(NamedTuple):
    """A cause's Q.850 value and SIP status (RFC 3261 §21; 0 where no reply fits)."""

    q850: int
    sip: int


CODES: dict[HangupCause, Codes] = {
    HangupCause.NORMAL: Codes(16, 0),
    HangupCause.BUSY: Codes(17, 486),
    HangupCause.NO_ANSWER: Codes(19, 480),
    HangupCause.UNAVAILABLE: Codes(19, 480),
    HangupCause.REJECTED: Codes(21, 603),
    HangupCause.UNWANTED: Codes(21, 607),
    HangupCause.BLOCKED: Codes(21, 608),
    HangupCause.ANONYMITY_REFUSED: Codes(24, 433),
    HangupCause.IDENTITY_REFUSED: Codes(21, 428),
    HangupCause.REDIRECTED: Codes(31, 480),  # of 23 Asterisk makes a 302, and there is no Contact to go with it
    HangupCause.FORBIDDEN: Codes(21, 403),
    HangupCause.PAYMENT_REQUIRED: Codes(21, 402),
    HangupCause.UNKNOWN_NUMBER: Codes(1, 404),
    HangupCause.USER_UNKNOWN: Codes(1, 404),
    HangupCause.INVALID_NUMBER: Codes(28, 484),
    HangupCause.NOT_ACCEPTABLE: Codes(58, 488),
    HangupCause.CONGESTION: Codes(34, 503),
    HangupCause.NETWORK_ERROR: Codes(38, 500),
    HangupCause.NO_RESPONSE: Codes(18, 408),
    HangupCause.CANCELLED: Codes(16, 487),
    HangupCause.MEDIA_TIMEOUT: Codes(44, 0),
    HangupCause.SESSION_EXPIRED: Codes(102, 0),
    HangupCause.MAX_DURATION: Codes(16, 0),
    HangupCause.NO_CREDIT: Codes(21, 402),
    HangupCause.NOT_ALLOWED: Codes(21, 403),
    HangupCause.NO_ROUTE: Codes(3, 404),
    HangupCause.NO_APPLICATION: Codes(19, 480),
    HangupCause.NO_REPLY: Codes(38, 500),
    HangupCause.ILLEGAL_SCRIPT: Codes(38, 500),
    HangupCause.OVER_LIMIT: Codes(42, 503),
    HangupCause.ANSWERED_ELSEWHERE: Codes(26, 487),
    HangupCause.LOOP: Codes(25, 482),
    HangupCause.MEDIA_NODE_LOST: Codes(41, 500),
    HangupCause.CONTROLLER_LOST: Codes(41, 500),
    HangupCause.ERROR: Codes(41, 500),
}

_BY_SIP: dict[int, HangupCause] = {
    486: HangupCause.BUSY, 600: HangupCause.BUSY,
    408: HangupCause.NO_RESPONSE, 480: HangupCause.UNAVAILABLE,
    401: HangupCause.FORBIDDEN, 403: HangupCause.FORBIDDEN, 407: HangupCause.FORBIDDEN,
    402: HangupCause.PAYMENT_REQUIRED, 603: HangupCause.REJECTED,
    404: HangupCause.UNKNOWN_NUMBER, 410: HangupCause.UNKNOWN_NUMBER, 604: HangupCause.UNKNOWN_NUMBER,
    484: HangupCause.INVALID_NUMBER, 485: HangupCause.INVALID_NUMBER,
    428: HangupCause.IDENTITY_REFUSED, 436: HangupCause.IDENTITY_REFUSED, 437: HangupCause.IDENTITY_REFUSED,
    438: HangupCause.IDENTITY_REFUSED, 433: HangupCause.ANONYMITY_REFUSED,
    482: HangupCause.LOOP, 483: HangupCause.LOOP,
    415: HangupCause.NOT_ACCEPTABLE, 488: HangupCause.NOT_ACCEPTABLE, 606: HangupCause.NOT_ACCEPTABLE,
    487: HangupCause.CANCELLED, 500: HangupCause.NETWORK_ERROR, 502: HangupCause.NETWORK_ERROR,
    503: HangupCause.CONGESTION, 504: HangupCause.NO_RESPONSE,
    607: HangupCause.UNWANTED, 608: HangupCause.BLOCKED,
}  # fmt: skip
_BY_CLASS: dict[int, HangupCause] = {
    3: HangupCause.REDIRECTED, 4: HangupCause.ERROR, 5: HangupCause.NETWORK_ERROR, 6: HangupCause.REJECTED,
}  # fmt: skip
"""A status that is not known is as the x00 of its class (RFC 3261 section 8.1.3.2)."""
_BY_Q850: dict[int, HangupCause] = {
    1: HangupCause.UNKNOWN_NUMBER, 3: HangupCause.NO_ROUTE, 16: HangupCause.NORMAL, 17: HangupCause.BUSY,
    18: HangupCause.NO_RESPONSE, 19: HangupCause.NO_ANSWER, 20: HangupCause.UNAVAILABLE, 21: HangupCause.REJECTED,
    27: HangupCause.NETWORK_ERROR, 28: HangupCause.INVALID_NUMBER, 34: HangupCause.CONGESTION,
    38: HangupCause.NETWORK_ERROR, 44: HangupCause.MEDIA_TIMEOUT, 58: HangupCause.NOT_ACCEPTABLE,
    102: HangupCause.NO_RESPONSE,
}  # fmt: skip


_EXPIRED = (18, 408)
"""What Asterisk 22 shows when its stack ended an answered call because no refresh came (pjproject's sip_timer.c,
timer_cb: 408, of which chan_pjsip makes 18). A BYE with that Reason shows the same."""


def cause_of(*, q850: int, sip: int | None, answered: bool, soft: bool) -> HangupCause:
    """Map ChannelDestroyed's `cause` and `tech_cause` (shown by Asterisk 22's ARI) to ours.

    `soft` says that ChannelHangupRequest was soft: we ended it, so the SIP code is made up locally
    (measured: our own dial timeout shows 480) and only the Q.850 value counts.
    An answered call has ended normally unless its media died or its session expired.
    """
    if answered:
        if q850 == 44:
            return HangupCause.MEDIA_TIMEOUT
        return HangupCause.SESSION_EXPIRED if not soft and (q850, sip) == _EXPIRED else HangupCause.NORMAL
    if soft or sip is None:
        return _BY_Q850.get(q850, HangupCause.ERROR)
    return _BY_SIP.get(sip) or _BY_CLASS.get(sip // 100, HangupCause.ERROR)
