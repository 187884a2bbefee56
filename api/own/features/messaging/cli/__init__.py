"""carillon messages, smscs, keywords, optouts"""

from cyclopts import App

from api.cli.context import Cli
from api.own.features.messaging.cli.messages import messages, opt_outs
from api.own.features.messaging.cli.smscs import keywords, smscs


def commands(cli: Cli) -> list[App]:
    """Return the nouns' commands."""
    return [messages(cli), smscs(cli), keywords(cli), opt_outs(cli)]
