"""What is shown of one trunk beside its fields, and the ready-made settings of trunks."""

from typing import Annotated, Any

from api.own.schema.fields import Shown, says
from api.own.schema.system import Trunk


class ChangedTrunkShown(Trunk, frozen=True, kw_only=True):
    """A trunk that was added or changed, and what may be a mistake."""

    warnings: Annotated[tuple[str, ...], says("What may be a mistake, as sentences.")]


class TrunkDetails(Trunk, frozen=True, kw_only=True):
    """All of a trunk."""

    defaults: Annotated[tuple[str, ...], says("The fields that are as the default says; of a group, `group.field`.")]
    asterisk: Annotated[
        dict[str, dict[str, str]], says("What Asterisk has of it, by the kind of object; without passwords.")
    ]
    warnings: Annotated[tuple[str, ...], says("What may be a mistake, as sentences.")]


class TrunkProfile(Shown, frozen=True, kw_only=True):
    """Ready-made settings of trunks."""

    name: Annotated[str, says("Its name.")]
    description: Annotated[str, says("What a carrier does for which it is.")]
    settings: Annotated[dict[str, Any], says("The fields of a trunk that it sets.")]
    needs: Annotated[tuple[str, ...], says("Fields that must be given beside it.")]


class TrunkProfiles(Shown, frozen=True, kw_only=True):
    """All profiles of trunks."""

    profiles: Annotated[tuple[TrunkProfile, ...], says("The profiles.")]
