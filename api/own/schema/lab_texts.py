"""The lab's SMSC, in the administrator's API."""

from typing import Annotated

from api.lab_smsc.smsc import State
from api.own.schema.fields import Given, Moment, Shown, says

STATE = "up, down (accepts no link), or slow (each answer takes a second more)."


class TextPersona(Shown, frozen=True, kw_only=True):
    """A number that takes texts."""

    number: Annotated[str, says("The number.")]
    does: Annotated[str, says("What becomes of a text to it.")]


class TextPersonas(Shown, frozen=True, kw_only=True):
    """The numbers of the lab that take texts in a way of their own."""

    personas: Annotated[tuple[TextPersona, ...], says("The numbers. Any other one is delivered to at once.")]


class ArrivedText(Shown, frozen=True, kw_only=True):
    """A text that arrived at a number of the lab."""

    sender: Annotated[str, says("Who it is from, as the SMSC was given it.")]
    recipient: Annotated[str, says("The number that it arrived at.")]
    text: Annotated[str, says("The text, of all of its parts.")]
    parts: Annotated[int, says("How many parts it had.")]
    ids: Annotated[tuple[str, ...], says("The SMSC's ids of its parts.")]
    at: Moment


class ArrivedTexts(Shown, frozen=True, kw_only=True):
    """Texts that arrived at a number of the lab."""

    texts: Annotated[tuple[ArrivedText, ...], says("The texts, oldest first.")]


class LabText(Given, frozen=True, kw_only=True):
    """A text that the lab sends."""

    sender: Annotated[str, says("The number of the network that it is from.")]
    recipient: Annotated[str, says("The number of ours that it is to.")]
    text: Annotated[str, says("The text; a longer one is sent in parts.")]


class LabTextSent(Shown, frozen=True, kw_only=True):
    """A text that the lab sends."""

    parts: Annotated[int, says("How many parts it has.")]


class LabSmscState(Given, frozen=True, kw_only=True):
    """How the lab's SMSC is."""

    state: Annotated[State, says(STATE)]


class ShownLabSmscState(Shown, frozen=True, kw_only=True):
    """How the lab's SMSC is."""

    state: Annotated[State, says(STATE)]
