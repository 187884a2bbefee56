"""The Sinch Calling dialect."""

from typing import NamedTuple

from api.accounts import Accounts
from api.dialects import Dialect
from api.guess_throttle import Guesses
from api.ports import CommandTaker
from api.recordings import Recordings
from api.vendors.sinch.auth import AuthPolicy
from api.vendors.sinch.events.notifications import Notifications
from api.vendors.sinch.events.questions import Inquire, Live, Questions
from api.vendors.sinch.http.calls import CallOperations, CalloutOperations
from api.vendors.sinch.http.conferences import ConferenceOperations
from api.vendors.sinch.http.configuration import operations
from api.vendors.sinch.http.routes import Sinch
from api.vendors.sinch.ids import issue
from api.vendors.sinch.parties import Parties
from engine.features.applications.service import ApplicationService
from engine.features.billing.call_rates import CallRates
from engine.features.call_history.views import CallHistory
from engine.platform.feature import Features
from engine.platform.settings_cache import SettingsCache
from engine.tasks.secret import Seal

__all__ = ["DIALECT", "AuthPolicy", "Needs", "Sinch", "assembled", "issue", "operations"]

DIALECT = Dialect(name="sinch", url_setting="primary", fallback_setting="fallback", issue=issue, asks=True, signs=True)


class Needs(NamedTuple):
    """What the dialect is made of. `features` are the services that it calls, `inquire` puts a question, `live` finds
    a call that is up, `guesses` throttles who guesses keys, `seal` seals its credentials.
    """

    engine: CommandTaker
    features: Features
    cache: SettingsCache
    accounts: Accounts
    recordings: Recordings
    policy: AuthPolicy
    api_url: str
    inquire: Inquire
    live: Live
    guesses: Guesses
    seal: Seal | None = None


def assembled(needs: Needs) -> tuple[Sinch, Questions]:
    """Return the dialect with every operation, and who asks for it."""
    features = needs.features
    parties = Parties(needs.cache, features[CallRates], needs.api_url)
    questions = Questions(features, needs.accounts, parties, needs.live, needs.seal)
    served = (
        operations(features, needs.cache, parties)
        | CallOperations(needs.engine, features[CallHistory], parties).operations()
        | CalloutOperations(needs.engine, questions, needs.inquire, needs.seal).operations()
        | ConferenceOperations(needs.engine).operations()
    )
    notifications = Notifications(features, parties, needs.recordings)
    made = Sinch(
        features[ApplicationService], needs.accounts, served, notifications, policy=needs.policy, guesses=needs.guesses
    )
    return made, questions
