"""What all steps stand on, and how one ends."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection

from engine.calls.conversation import nothing
from engine.features.voicemail.listening.place import Place
from engine.features.voicemail.service import VoicemailService
from engine.platform.audit import Actor
from engine.platform.platform import Platform
from engine.tasks.kinds import AnyTask

BY_PHONE = Actor("system", "", "the caller of the voicemail menu")
"""Who the audit says has changed a box by telephone."""


class Steps(NamedTuple):
    """What a step works with."""

    platform: Platform
    service: VoicemailService


class Follow(NamedTuple):
    """Tasks that follow, with the places of later turns between them, and what is committed with them."""

    tasks: tuple[AnyTask | Place, ...]
    also: Callable[[Connection], object] = nothing


Done = Place | Follow | None
"""Where the session goes on; None: it ends."""
