"""The menu of a box in German."""

from engine.features.voicemail.listening.phrases import Phrases

PHRASES = Phrases(
    ask_number="Bitte geben Sie die Nummer Ihres Postfachs ein, dann die Rautetaste.",
    ask_pin="Bitte geben Sie Ihre Geheimzahl ein, dann die Rautetaste.",
    wrong_pin="Das ist nicht richtig.",
    counts="Neue Nachrichten: {new}. Alte Nachrichten: {old}.",
    main_menu="Für Ihre Nachrichten drücken Sie 1. Gespeicherte Nachrichten, 2. Einstellungen, 0. Zum Beenden, Raute.",
    no_messages="Es gibt keine Nachrichten.",
    no_more="Es gibt keine weiteren Nachrichten.",
    new_message="Neue Nachricht von {caller}, {when}.",
    old_message="Nachricht von {caller}, {when}.",
    withheld="unbekannt",
    today="heute um {hour} Uhr {minute}{zone}",
    yesterday="gestern um {hour} Uhr {minute}{zone}",
    on_day="am {day}. {month}. um {hour} Uhr {minute}{zone}",
    utc=", Weltzeit",
    message_menu=(
        "Wiederholen, 5. Vorherige, 4. Nächste, 6. Löschen, 7. Weiterleiten, 8. Speichern, 9. Hauptmenü, Stern."
    ),
    deleted_menu="Diese Nachricht ist gelöscht. Zum Zurückholen drücken Sie 7. Nächste, 6. Hauptmenü, Stern.",
    deleted="Nachricht gelöscht.",
    undeleted="Nachricht zurückgeholt.",
    saved="Nachricht gespeichert.",
    ask_forward="Geben Sie die Nummer des Postfachs ein, an das weitergeleitet wird, dann die Rautetaste.",
    forwarded="Nachricht weitergeleitet.",
    not_forwarded="Die Nachricht wurde nicht weitergeleitet.",
    no_such_box="Dieses Postfach gibt es nicht.",
    box_full="Das Postfach ist voll.",
    options_menu=(
        "Für Ihre Ansage drücken Sie 1. Wenn Sie besetzt sind, 2. Abwesend, 3. Geheimzahl ändern, 5. Zurück, Stern."
    ),
    greeting_all="Ihre Ansage.",
    greeting_busy="Ihre Ansage, wenn Sie besetzt sind.",
    greeting_away="Ihre Ansage, wenn Sie abwesend sind.",
    greeting_menu="Zum Aufnehmen drücken Sie 1. Zum Anhören, 2. Für die Standardansage, 3. Zurück, Stern.",
    greeting_default="Es gilt die Standardansage.",
    greeting_reset="Ab jetzt gilt die Standardansage.",
    record_now="Sprechen Sie nach dem Ton, und drücken Sie am Ende die Rautetaste.",
    review_menu="Zum Behalten drücken Sie 1. Zum Anhören, 2. Zum erneuten Aufnehmen, 3. Zum Verwerfen, Stern.",
    greeting_kept="Ihre Ansage ist gespeichert.",
    greeting_refused="Die Aufnahme kann nicht verwendet werden.",
    new_pin="Geben Sie die neue Geheimzahl ein, dann die Rautetaste.",
    new_pin_again="Geben Sie sie noch einmal ein, dann die Rautetaste.",
    pins_differ="Die beiden sind verschieden.",
    pin_refused="Diese Geheimzahl geht nicht. Sie braucht 4 bis 10 Ziffern, die nicht leicht zu erraten sind.",
    pin_changed="Ihre Geheimzahl ist geändert.",
    pin_kept="Ihre Geheimzahl ist nicht geändert.",
    wrong_key="Diese Taste hat hier keine Bedeutung.",
    unplayable="Diese Nachricht kann nicht abgespielt werden.",
    goodbye="Auf Wiederhören.",
)
