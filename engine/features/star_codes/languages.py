"""What phones hear when they dial a star code, in each language; {digits} are spoken one by one."""

from engine.tasks.say import Say

PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "number": "Please enter the number, followed by the pound key.",
        "always": "All calls are forwarded to {digits}.",
        "always_off": "Calls are not forwarded any more.",
        "busy": "When this phone is busy, calls are forwarded to {digits}.",
        "busy_off": "When this phone is busy, calls are not forwarded any more.",
        "unanswered": "Calls that are not answered are forwarded to {digits}.",
        "unanswered_off": "Calls that are not answered are not forwarded any more.",
        "dnd_on": "Do not disturb is on.",
        "dnd_off": "Do not disturb is off.",
        "waiting_on": "Call waiting is on.",
        "waiting_off": "Call waiting is off.",
        "refused": "Calls cannot be forwarded to this number.",
        "failed": "This cannot be changed now. Please try again later.",
    },
    "de": {
        "number": "Bitte geben Sie die Nummer ein, und danach die Rautetaste.",
        "always": "Alle Anrufe werden an {digits} weitergeleitet.",
        "always_off": "Anrufe werden nicht mehr weitergeleitet.",
        "busy": "Wenn dieses Telefon besetzt ist, werden Anrufe an {digits} weitergeleitet.",
        "busy_off": "Wenn dieses Telefon besetzt ist, werden Anrufe nicht mehr weitergeleitet.",
        "unanswered": "Anrufe, die nicht angenommen werden, werden an {digits} weitergeleitet.",
        "unanswered_off": "Anrufe, die nicht angenommen werden, werden nicht mehr weitergeleitet.",
        "dnd_on": "Bitte nicht stören ist eingeschaltet.",
        "dnd_off": "Bitte nicht stören ist ausgeschaltet.",
        "waiting_on": "Anklopfen ist eingeschaltet.",
        "waiting_off": "Anklopfen ist ausgeschaltet.",
        "refused": "Anrufe können nicht an diese Nummer weitergeleitet werden.",
        "failed": "Das kann jetzt nicht geändert werden. Bitte versuchen Sie es später noch einmal.",
    },
    "es": {
        "number": "Introduzca el número y pulse almohadilla.",
        "always": "Todas las llamadas se desvían al {digits}.",
        "always_off": "Las llamadas ya no se desvían.",
        "busy": "Cuando este teléfono esté ocupado, las llamadas se desvían al {digits}.",
        "busy_off": "Cuando este teléfono esté ocupado, las llamadas ya no se desvían.",
        "unanswered": "Las llamadas sin respuesta se desvían al {digits}.",
        "unanswered_off": "Las llamadas sin respuesta ya no se desvían.",
        "dnd_on": "No molestar está activado.",
        "dnd_off": "No molestar está desactivado.",
        "waiting_on": "La llamada en espera está activada.",
        "waiting_off": "La llamada en espera está desactivada.",
        "refused": "No se pueden desviar llamadas a este número.",
        "failed": "No se puede cambiar ahora. Inténtelo más tarde.",
    },
    "fr": {
        "number": "Saisissez le numéro, puis appuyez sur la touche dièse.",
        "always": "Tous les appels sont renvoyés vers le {digits}.",
        "always_off": "Les appels ne sont plus renvoyés.",
        "busy": "Quand ce téléphone est occupé, les appels sont renvoyés vers le {digits}.",
        "busy_off": "Quand ce téléphone est occupé, les appels ne sont plus renvoyés.",
        "unanswered": "Les appels sans réponse sont renvoyés vers le {digits}.",
        "unanswered_off": "Les appels sans réponse ne sont plus renvoyés.",
        "dnd_on": "Ne pas déranger est activé.",
        "dnd_off": "Ne pas déranger est désactivé.",
        "waiting_on": "Le double appel est activé.",
        "waiting_off": "Le double appel est désactivé.",
        "refused": "Les appels ne peuvent pas être renvoyés vers ce numéro.",
        "failed": "La modification n'est pas possible maintenant. Veuillez réessayer plus tard.",
    },
    "it": {
        "number": "Inserite il numero e premete cancelletto.",
        "always": "Tutte le chiamate vengono deviate al {digits}.",
        "always_off": "Le chiamate non vengono più deviate.",
        "busy": "Quando questo telefono è occupato, le chiamate vengono deviate al {digits}.",
        "busy_off": "Quando questo telefono è occupato, le chiamate non vengono più deviate.",
        "unanswered": "Le chiamate senza risposta vengono deviate al {digits}.",
        "unanswered_off": "Le chiamate senza risposta non vengono più deviate.",
        "dnd_on": "Non disturbare è attivo.",
        "dnd_off": "Non disturbare non è attivo.",
        "waiting_on": "L'avviso di chiamata è attivo.",
        "waiting_off": "L'avviso di chiamata non è attivo.",
        "refused": "Non è possibile deviare le chiamate a questo numero.",
        "failed": "La modifica non è possibile ora. Riprovate più tardi.",
    },
    "nl": {
        "number": "Voer het nummer in en druk daarna op hekje.",
        "always": "Alle oproepen worden doorgeschakeld naar {digits}.",
        "always_off": "Oproepen worden niet meer doorgeschakeld.",
        "busy": "Als dit toestel bezet is, worden oproepen doorgeschakeld naar {digits}.",
        "busy_off": "Als dit toestel bezet is, worden oproepen niet meer doorgeschakeld.",
        "unanswered": "Oproepen zonder antwoord worden doorgeschakeld naar {digits}.",
        "unanswered_off": "Oproepen zonder antwoord worden niet meer doorgeschakeld.",
        "dnd_on": "Niet storen is ingeschakeld.",
        "dnd_off": "Niet storen is uitgeschakeld.",
        "waiting_on": "Wisselgesprek is ingeschakeld.",
        "waiting_off": "Wisselgesprek is uitgeschakeld.",
        "refused": "Oproepen kunnen niet naar dit nummer worden doorgeschakeld.",
        "failed": "Dit kan nu niet worden gewijzigd. Probeer het later opnieuw.",
    },
    "pt": {
        "number": "Introduza o número e prima a tecla cardinal.",
        "always": "Todas as chamadas são desviadas para {digits}.",
        "always_off": "As chamadas já não são desviadas.",
        "busy": "Quando este telefone está ocupado, as chamadas são desviadas para {digits}.",
        "busy_off": "Quando este telefone está ocupado, as chamadas já não são desviadas.",
        "unanswered": "As chamadas sem resposta são desviadas para {digits}.",
        "unanswered_off": "As chamadas sem resposta já não são desviadas.",
        "dnd_on": "Não incomodar está ativado.",
        "dnd_off": "Não incomodar está desativado.",
        "waiting_on": "A chamada em espera está ativada.",
        "waiting_off": "A chamada em espera está desativada.",
        "refused": "Não é possível desviar chamadas para este número.",
        "failed": "Não é possível alterar agora. Tente mais tarde.",
    },
    "pl": {
        "number": "Proszę wprowadzić numer i nacisnąć krzyżyk.",
        "always": "Wszystkie połączenia są przekierowane na numer {digits}.",
        "always_off": "Połączenia nie są już przekierowane.",
        "busy": "Gdy ten telefon jest zajęty, połączenia są przekierowane na numer {digits}.",
        "busy_off": "Gdy ten telefon jest zajęty, połączenia nie są już przekierowane.",
        "unanswered": "Połączenia nieodebrane są przekierowane na numer {digits}.",
        "unanswered_off": "Połączenia nieodebrane nie są już przekierowane.",
        "dnd_on": "Tryb nie przeszkadzać jest włączony.",
        "dnd_off": "Tryb nie przeszkadzać jest wyłączony.",
        "waiting_on": "Połączenia oczekujące są włączone.",
        "waiting_off": "Połączenia oczekujące są wyłączone.",
        "refused": "Nie można przekierować połączeń na ten numer.",
        "failed": "Nie można tego teraz zmienić. Proszę spróbować później.",
    },
    "sv": {
        "number": "Ange numret och tryck på fyrkant.",
        "always": "Alla samtal vidarekopplas till {digits}.",
        "always_off": "Samtal vidarekopplas inte längre.",
        "busy": "När telefonen är upptagen vidarekopplas samtal till {digits}.",
        "busy_off": "När telefonen är upptagen vidarekopplas samtal inte längre.",
        "unanswered": "Samtal som inte besvaras vidarekopplas till {digits}.",
        "unanswered_off": "Samtal som inte besvaras vidarekopplas inte längre.",
        "dnd_on": "Stör ej är på.",
        "dnd_off": "Stör ej är av.",
        "waiting_on": "Samtal väntar är på.",
        "waiting_off": "Samtal väntar är av.",
        "refused": "Samtal kan inte vidarekopplas till det här numret.",
        "failed": "Det går inte att ändra nu. Försök igen senare.",
    },
}
_COUNTRIES = {
    "de": "DE AT CH LI",
    "es": "ES MX AR CL CO PE VE EC BO PY UY CR PA GT HN NI SV DO CU",
    "fr": "FR LU MC SN CI",
    "it": "IT SM VA",
    "nl": "NL BE SR",
    "pl": "PL",
    "pt": "PT BR AO MZ",
    "sv": "SE",
}
_BY_COUNTRY = {country: language for language, countries in _COUNTRIES.items() for country in countries.split()}


def language_of(country: str) -> str:
    """Return the language in which phones of an account in this country (ISO 3166-1) are spoken to."""
    return _BY_COUNTRY.get(country, "en")


def text(language: str, phrase: str, number: str = "") -> str:
    """Return a phrase, with a number where it has a place for one."""
    return PHRASES[language][phrase].format(digits=" ".join(number))


def said(language: str, phrase: str) -> Say:
    """Return a phrase as an announcement."""
    return Say(text=text(language, phrase), locale=language)
