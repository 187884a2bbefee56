"""The menu of a box in Spanish."""

from engine.features.voicemail.listening.phrases import Phrases

PHRASES = Phrases(
    ask_number="Introduzca el número de su buzón y pulse almohadilla.",
    ask_pin="Introduzca su clave y pulse almohadilla.",
    wrong_pin="No es correcto.",
    counts="Mensajes nuevos: {new}. Mensajes antiguos: {old}.",
    main_menu="Para sus mensajes, pulse 1. Mensajes guardados, 2. Opciones, 0. Para terminar, almohadilla.",
    no_messages="No hay mensajes.",
    no_more="No hay más mensajes.",
    new_message="Mensaje nuevo de {caller}, recibido {when}.",
    old_message="Mensaje de {caller}, recibido {when}.",
    withheld="un número oculto",
    today="hoy a las {hour}:{minute}{zone}",
    yesterday="ayer a las {hour}:{minute}{zone}",
    on_day="el día {day} del mes {month} a las {hour}:{minute}{zone}",
    utc=", hora universal",
    message_menu=(
        "Repetir, 5. Anterior, 4. Siguiente, 6. Borrar, 7. Reenviar, 8. Guardar, 9. Menú principal, asterisco."
    ),
    deleted_menu="Este mensaje está borrado. Para recuperarlo, pulse 7. Siguiente, 6. Menú principal, asterisco.",
    deleted="Mensaje borrado.",
    undeleted="Mensaje recuperado.",
    saved="Mensaje guardado.",
    ask_forward="Introduzca el número del buzón al que se reenvía y pulse almohadilla.",
    forwarded="Mensaje reenviado.",
    not_forwarded="El mensaje no se ha reenviado.",
    no_such_box="Ese buzón no existe.",
    box_full="Ese buzón está lleno.",
    options_menu=(
        "Para su saludo, pulse 1. Cuando comunica, 2. Ausente, 3. Para cambiar la clave, 5. Volver, asterisco."
    ),
    greeting_all="Su saludo.",
    greeting_busy="Su saludo cuando comunica.",
    greeting_away="Su saludo cuando está ausente.",
    greeting_menu="Para grabarlo, pulse 1. Para escucharlo, 2. Para el saludo normal, 3. Volver, asterisco.",
    greeting_default="Se usa el saludo normal.",
    greeting_reset="Desde ahora se usa el saludo normal.",
    record_now="Hable después de la señal y pulse almohadilla al terminar.",
    review_menu="Para conservar la grabación, pulse 1. Escucharla, 2. Grabar de nuevo, 3. Descartarla, asterisco.",
    greeting_kept="Su saludo está guardado.",
    greeting_refused="La grabación no se puede usar.",
    new_pin="Introduzca la clave nueva y pulse almohadilla.",
    new_pin_again="Introdúzcala otra vez y pulse almohadilla.",
    pins_differ="Las dos son distintas.",
    pin_refused="Esa clave no sirve. Necesita de 4 a 10 cifras que no sean fáciles de adivinar.",
    pin_changed="Su clave ha cambiado.",
    pin_kept="Su clave no ha cambiado.",
    wrong_key="Esa tecla no tiene función aquí.",
    unplayable="Este mensaje no se puede reproducir.",
    goodbye="Adiós.",
)
