"""The command line: a client of our two APIs, with one module for each noun; a capability's is among its rooms."""

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from api.cli import (
    accounts,
    applications,
    callbacks,
    calls,
    demonstration,
    dialects,
    doctor,
    extensions,
    groups,
    lab,
    numbers,
    prompts,
    rates,
    recordings,
    status,
    trunks,
    users,
)
from api.cli.client import CommandFailed
from api.cli.context import Cli
from api.cli.output import Output
from api.own.features.registry import modules

HELP = """The command line of a running Carillon. Every command accepts --json and then prints JSON.

It reads the system's address from the environment, from the file that CARILLON_ENV_FILE names, or from .env."""


def build(cli: Cli) -> App:
    """Return the program with all its nouns."""
    app = App(name="carillon", help=HELP, version="0.1.0")
    people = (accounts, users, numbers, applications, prompts)
    calling = (trunks, extensions, groups, rates, lab)
    for noun in (*people, *calling, calls, recordings, callbacks, *modules("cli")):
        found = noun.commands(cli)
        for each in found if isinstance(found, tuple) else (found,):
            app.command(each)
    app.command(status.StatusCommand(cli).show, name="status")
    app.command(dialects.DialectsCommand(cli).show, name="dialects")
    app.command(doctor.DoctorCommand(cli).examine, name="doctor")
    shown = demonstration.Demonstration(cli)
    app.command(shown.setup)
    app.command(shown.demo)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0, or 1 with one sentence on standard error."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    output = Output(json="--json" in words)
    words = list(dialects.spelled_out(word for word in words if word != "--json"))
    try:
        status = build(Cli(output))(words, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        output.error(" ".join(str(error).split()))
        return 1
    except CommandFailed as error:
        output.error(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader closed the pipe, as head does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python prints an error when it exits
        return 1  # rich does the same when it prints a table
    return status if isinstance(status, int) else 0
