"""What can be wrong with faxes."""


class NoPaper(Exception):
    """There is no paper."""


ERRORS = {NoPaper: (409, "no_paper")}
