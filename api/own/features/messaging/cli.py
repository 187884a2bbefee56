"""carillon messages, smscs, keywords, optouts"""

from cyclopts import App

from api.cli.context import Cli
from api.own.features.messaging.cli_messages import messages, opt_outs
from api.own.features.messaging.cli_smscs import keywords, smscs


def commands(cli: Cli) -> tuple[App, ...]:
    """Return the nouns' commands."""
    return messages(cli), smscs(cli), keywords(cli), opt_outs(cli)
