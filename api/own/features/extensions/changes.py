"""What requests change of extensions, as the engine takes it."""

import msgspec

from api.own.destinations import given
from api.own.features.extensions.schema import ExtensionSettings, NewPhone, PhoneSettings
from engine.features.destinations.extension_settings import DiversionFields
from engine.features.destinations.registry import Destinations
from engine.features.endpoints.model import NewExtension, PhoneFields


def to_add(account: str, wanted: NewPhone) -> NewExtension:
    """Return the extension that a request adds to an account (its name or id)."""
    return NewExtension(
        number=wanted.number,
        account=account,
        name=wanted.name,
        password=wanted.password,
        application=wanted.application,
        owner=wanted.owner,
        max_contacts=wanted.max_contacts,
        webrtc=wanted.webrtc,
        srtp=wanted.srtp,
        dtmf=wanted.dtmf,
        codecs=wanted.codecs,
        outbound_caller=wanted.outbound_caller,
        record_external=wanted.record_external,
        record_internal=wanted.record_internal,
    )


def of_phones(wanted: PhoneSettings) -> PhoneFields:
    """Return what a request changes of an extension's phones."""
    return PhoneFields(
        name=wanted.name,
        max_contacts=wanted.max_contacts,
        webrtc=wanted.webrtc,
        srtp=wanted.srtp,
        password=wanted.password,
        dtmf=wanted.dtmf,
        codecs=wanted.codecs,
        outbound_caller=wanted.outbound_caller,
        record_external=wanted.record_external,
        record_internal=wanted.record_internal,
    )


def of_calls(kinds: Destinations, wanted: ExtensionSettings) -> DiversionFields:
    """Return what a request changes of the calls that an extension takes; raises BadRequest."""
    seconds, owner = wanted.ring_seconds, wanted.owner
    return DiversionFields(
        always=given(kinds, wanted.always),
        no_answer=given(kinds, wanted.no_answer),
        busy=given(kinds, wanted.busy),
        unregistered=given(kinds, wanted.unregistered),
        do_not_disturb=_switch(wanted.do_not_disturb),
        call_waiting=_switch(wanted.call_waiting),
        ring_seconds=None if isinstance(seconds, msgspec.UnsetType) else seconds or 0.0,
        owner=None if isinstance(owner, msgspec.UnsetType) else owner or "",
    )


def _switch(given: bool | msgspec.UnsetType) -> bool | None:
    return None if isinstance(given, msgspec.UnsetType) else given
