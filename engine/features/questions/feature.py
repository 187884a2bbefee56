"""Questions: what customers' servers were asked and answered."""

from engine.features.questions.service import QuestionLog
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.store import tables


class QuestionsFeature(Feature):
    """The log of questions."""

    name = "questions"
    books = (tables.question_attempts,)

    def __init__(self, platform: Platform) -> None:
        self.services = (QuestionLog(platform.database, platform.writer),)
