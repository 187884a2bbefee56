"""What callers are told, in the languages that a box may have."""

from typing import NamedTuple

from engine.features.errors import InvalidSetting


class Words(NamedTuple):
    """The sentences of one language. {owner} is a name, or `number` with the digits."""

    number: str
    away: str
    busy: str
    leave: str
    full: str
    closed: str
    thanks: str


_WORDS = {
    "en": Words(
        "Number {digits}",
        "{owner} is not available.",
        "{owner} is on the phone.",
        "Please leave a message after the tone, and press the pound key when you are done.",
        "The mailbox of {owner} is full. No message can be left. Goodbye.",
        "The mailbox of {owner} takes no messages. Goodbye.",
        "Thank you. Goodbye.",
    ),
    "de": Words(
        "Nummer {digits}",
        "{owner} ist nicht erreichbar.",
        "{owner} spricht gerade.",
        "Bitte hinterlassen Sie eine Nachricht nach dem Ton, und drücken Sie am Ende die Rautetaste.",
        "Das Postfach von {owner} ist voll. Es kann keine Nachricht hinterlassen werden. Auf Wiederhören.",
        "Das Postfach von {owner} nimmt keine Nachrichten an. Auf Wiederhören.",
        "Vielen Dank. Auf Wiederhören.",
    ),
    "es": Words(
        "El número {digits}",
        "{owner} no está disponible.",
        "{owner} está hablando por teléfono.",
        "Deje un mensaje después de la señal y pulse almohadilla al terminar.",
        "El buzón de {owner} está lleno. No se puede dejar ningún mensaje. Adiós.",
        "El buzón de {owner} no acepta mensajes. Adiós.",
        "Gracias. Adiós.",
    ),
    "fr": Words(
        "Le numéro {digits}",
        "{owner} n'est pas disponible.",
        "{owner} est en ligne.",
        "Laissez un message après le signal sonore, puis appuyez sur la touche dièse.",
        "La messagerie de {owner} est pleine. Aucun message ne peut être laissé. Au revoir.",
        "La messagerie de {owner} ne prend pas de messages. Au revoir.",
        "Merci. Au revoir.",
    ),
    "it": Words(
        "Il numero {digits}",
        "{owner} non è disponibile.",
        "{owner} è al telefono.",
        "Lasciate un messaggio dopo il segnale acustico e premete cancelletto alla fine.",
        "La casella di {owner} è piena. Non si possono lasciare messaggi. Arrivederci.",
        "La casella di {owner} non accetta messaggi. Arrivederci.",
        "Grazie. Arrivederci.",
    ),
    "nl": Words(
        "Nummer {digits}",
        "{owner} is niet bereikbaar.",
        "{owner} is in gesprek.",
        "Laat een bericht achter na de toon en druk daarna op hekje.",
        "De voicemail van {owner} is vol. U kunt geen bericht achterlaten. Tot ziens.",
        "De voicemail van {owner} neemt geen berichten aan. Tot ziens.",
        "Bedankt. Tot ziens.",
    ),
    "pt": Words(
        "O número {digits}",
        "{owner} não está disponível.",
        "{owner} está ao telefone.",
        "Deixe uma mensagem após o sinal e prima a tecla cardinal no fim.",
        "A caixa de mensagens de {owner} está cheia. Não é possível deixar mensagens. Adeus.",
        "A caixa de mensagens de {owner} não aceita mensagens. Adeus.",
        "Obrigado. Adeus.",
    ),
    "pl": Words(
        "Numer {digits}",
        "{owner} jest teraz nieosiągalny.",
        "{owner} rozmawia przez telefon.",
        "Proszę zostawić wiadomość po sygnale i nacisnąć krzyżyk.",
        "Skrzynka {owner} jest pełna. Nie można zostawić wiadomości. Do widzenia.",
        "Skrzynka {owner} nie przyjmuje wiadomości. Do widzenia.",
        "Dziękuję. Do widzenia.",
    ),
    "sv": Words(
        "Nummer {digits}",
        "{owner} är inte tillgänglig.",
        "{owner} är upptagen i telefon.",
        "Lämna ett meddelande efter tonen och tryck på fyrkant när du är klar.",
        "Röstbrevlådan för {owner} är full. Inget meddelande kan lämnas. Hej då.",
        "Röstbrevlådan för {owner} tar inte emot meddelanden. Hej då.",
        "Tack. Hej då.",
    ),
}
LANGUAGES = tuple(_WORDS)


def language_of(text: str) -> str:
    """Return a language as a box keeps it (BCP 47); raises InvalidSetting for one that has no sentences."""
    wanted = text.strip().replace("_", "-")
    if wanted.partition("-")[0].lower() not in _WORDS or not wanted.replace("-", "").isalnum() or len(wanted) > 16:
        known = ", ".join(LANGUAGES)
        raise InvalidSetting(
            f"language must be one of {known}, with or without a country such as en-GB (got {text[:32]!r})."
        )
    return wanted


def words(language: str) -> Words:
    """Return the sentences of a box's language."""
    return _WORDS.get(language.partition("-")[0].lower(), _WORDS["en"])


def owner_of(language: str, name: str, number: str) -> str:
    """Return whose box it is, as it is spoken: the name, or (if that is "") the digits of the number one by one."""
    return name or words(language).number.format(digits=" ".join(number))
