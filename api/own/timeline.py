"""Renders a call's timeline: queue, events, questions and answers, callbacks with their attempts, recordings."""

from api.own import render
from api.own.services import OwnServices
from engine.features.call_history.views import CallHistory
from engine.features.questions.service import QuestionLog
from engine.features.recordings.service import RecordingService
from engine.model.call import Call


async def timeline(services: OwnServices, call: Call) -> render.Shape:
    """Return the timeline of a call, with the other legs of its call tree."""
    found = await services.features[CallHistory].timeline(call)
    questions = await services.features[QuestionLog].of_call(call.id, call.root)
    callbacks = await services.delivery.of_subject(call.id)
    recordings = await services.features[RecordingService].of_owner(call.id)
    return {
        "call": services.call(call),
        "legs": [services.call(leg) for leg in found.legs],
        "tasks": [render.task(row) for row in found.tasks],
        "events": [render.event(event) for event in found.events],
        "questions": [render.question(row) for row in questions],
        "callbacks": [render.delivery(row) for row in callbacks],
        "recordings": [render.recording(row, services.recordings) for row in recordings],
    }
