"""What can be wrong with pairs."""

from engine.features.pairs.commands import NoSuchPair, PairOver, PairRefused

ERRORS = {NoSuchPair: (404, "no_such_pair"), PairOver: (409, "pair_over"), PairRefused: (400, "pair_refused")}
