"""Faxes, as v1 and the administrator's API have them."""

from typing import Annotated

from api.own.schema.fields import Shown, says

PATH = {"fax": "The fax's id."}
NOUNS = ("faxes",)


class Fax(Shown, frozen=True, kw_only=True):
    """A fax."""

    id: Annotated[str, says("Its id.")]
    account: Annotated[str, says("The account's name.")]
