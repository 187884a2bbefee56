"""Which calls are recorded because of an extension that makes or takes them."""

from engine.store.extensions import Extension


def is_recorded(caller: Extension | None, callee: Extension | None) -> bool:
    """Whether a call between two parties is recorded; None: that party is a number outside, or none of ours."""
    if caller is not None:
        records = caller.record_external if callee is None else caller.record_internal
        if records.outgoing:
            return True
    if callee is not None:
        records = callee.record_external if caller is None else callee.record_internal
        return records.incoming
    return False
