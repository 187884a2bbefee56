"""Prints the questions that a customer's server was asked about a call, and its answers."""

from collections.abc import Sequence
from typing import Any

from api.cli.lines import short, time_of
from api.cli.output import Output

_COLUMNS = ("time", "name", "status", "milliseconds", "url", "error")
_MOST_OF_A_BODY = 500
Question = dict[str, Any]


def show_questions(output: Output, questions: Sequence[Question]) -> None:
    """Print a table of the questions and below it their bodies; nothing if there were none."""
    if not questions:
        return
    output.say("\nquestions")
    rows = [{**each, "time": time_of(each["at"])} for each in questions]
    output.table(None, rows, _COLUMNS, "")
    for each in questions:
        output.say(f"  {time_of(each['at'])}  asked     {short(each['asked'], _MOST_OF_A_BODY)}")
        output.say(f"  {time_of(each['at'])}  answered  {_answer_of(each)}")


def line_of_question(question: Question) -> str:
    """Return a question and its answer as one line."""
    went = question["error"] or _answer_of(question, 120)
    columns = [str(question["status"] or ""), f"{question['milliseconds']} ms", question["url"], went]
    return f"{time_of(question['at'])}  asked {question['name']:<12} {'  '.join(filter(None, columns))}"


def _answer_of(question: Question, most: int = _MOST_OF_A_BODY) -> str:
    """Return the beginning of an answer's body, or a note that there is none."""
    if question["answered"] is None:
        return "(no answer)"
    if not question["answered_bytes"]:
        return "(an empty body)"
    return short(question["answered"], most)
