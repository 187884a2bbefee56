"""Every default and every limit of Sinch's, once, with the place in its documents.

«Calling» is the Calling API document, «Callback» the Callback API page, «Recording» the page on recording, all of
https://github.com/sinch/docs (docs/voice/voice-rest-api); «ours» marks a guess where all of them are silent.
"""

import re

LOCALE = "en-US"  # Callback, ConnectPstn: «If not specified, the default Locale is used (en-US)»
CAPABILITY = "voice"  # ours: Calling, Update Numbers: «Valid values are "voice" and "sms"», none is required
CAPABILITIES = frozenset({"voice", "sms"})
DOMAIN = "pstn"  # ours: Calling, callouts: «either "pstn" … or "mxp"»
ENABLE_CALLBACKS = False  # Calling, callouts: «If it is set to false, no ACE event will be sent»; absent: the same

LONGEST_TEXT = 600  # Callback, Say: «The default maximum length is 600 characters»; prompts: the same for the list
COOKIE_BYTES = 1024  # Callback, SetCookie: «The total size of cookie data … may not exceed 1024 bytes»
CUSTOM_BYTES = 1024  # Callback, Call Headers: «The maximum size for the value of custom is 1024 bytes»
CALL_HEADER_BYTES = 1024  # Callback, Call Headers: «counted as the UTF-8 encoded size of each header key/value pair»
MOST_CALL_HEADERS = 20  # ours: as many as an INVITE carries
DTMF = frozenset("0123456789#w")  # Callback, SendDtmf: «Valid characters … "0"-"9", "#" and "w"»
DTMF_PAUSE_SECONDS = 0.5  # Callback, SendDtmf: «A "w" will render a 500 ms pause»
LONGEST_DTMF = 128  # ours
LONGEST_REPORT = 64  # endpoints: reportCallStatus, details up to 64 characters

MOST_SECONDS = 14400  # Callback, ConnectPstn and ConnectSIP: «max 14400 seconds»
MOST_DIAL_SECONDS = 300  # ours; how long a phone may ring
PRIVATE = "private"  # Callback, ConnectPstn: «if "private", the CLI will be hidden»
TRANSPORT = "udp"  # Callback, ConnectSIP: «If left out UDP will be used»
TRANSPORTS = frozenset({"udp", "tcp", "tls"})
MUSIC = frozenset(
    {"ring", "music1", "music2", "music3"}
)  # Callback, ConnectConf; none: «the user will only hear silence»
# Callback, ConnectPstn, indications: «Available values».
INDICATIONS = frozenset(
    re.findall(
        r"\w+",
        "at au bg br be ch cl cn cz de dk ee es fi fr gr hu il in it lt jp mx my nl no nz ph pl pt ru se sg th uk us "
        "tw ve za",
    )
)

BARGE = True  # Callback, RunMenu: «By default, barging is enabled»
MAIN_MENU = "main"  # Callback, RunMenu: «One menu must always have the id "main"»
MENU_SILENCE_MILLISECONDS = 5000  # Callback, Voice IVR: timeoutMills «Default is 5000 milliseconds»
MENU_VOICE_MILLISECONDS = 20000  # Callback, Voice IVR: maxTimeoutMills «Default is 20000 milliseconds»
MOST_MENU_MILLISECONDS = 120_000  # ours
REPEATS = 1  # ours: «repeats is the number of times that the repeatPrompt will be played», no default
MOST_REPEATS = 20  # ours
MENU_DIGITS = 1  # ours: a menu without options and maxDigits takes one digit
MOST_DIGITS = 64  # ours
MENU_KEYS = frozenset("0123456789*#")  # Callback, RunMenu: «a DTMF digit that a user can press»

MOST_PARK_SECONDS = 600  # Callback, Park: «maximum 600 seconds (10 minutes)»; absent: the same, ours
CONFERENCE_DIGITS = 1  # public API reference: conferenceDtmfOptions.maxDigits, default 1
CONFERENCE_MILLISECONDS = 3000  # public API reference: conferenceDtmfOptions.timeoutMills, default 3000
CONFERENCE_MODE = "ignore"  # public API reference: conferenceDtmfOptions.mode
CONFERENCE_MODES = frozenset({"ignore", "forward", "detect"})

RECORDING_FORMAT = "mp3"  # Recording: «Default value is "mp3"»
RECORDING_FORMATS = frozenset({"mp3", "wav"})
RECORDING_NOTIFIES = True  # Recording: notificationEvents, «Default value is "true"»

MOST_INSTRUCTIONS = 100  # ours
MOST_PROMPTS = 50  # ours: in one list
MOST_MENUS = 50  # ours
MOST_NUMBERS = 100  # ours: in one Update Numbers
LONGEST_URL = 4096  # ours
LONGEST_PROMPTS = 32_768  # ours
SCRIPT_BYTES = 8192  # ours: of a customCallout's scripts and URLs in all; every event of its call carries them

# The Calling document's list («zn-CN» is its slip for zh-CN) and the pages' list.
LOCALES = frozenset(
    re.findall(
        r"[\w-]+",
        "en-US en-AU en-CA en-GB en-IN en-GB-WLS es-ES es-MX es-CA es-US fr-FR fr-CA ja-JP ko-KR pt-BR pt-PT zh-CN "
        "zh-HK zh-TW cmn-CN da-DK de-DE fi-FI it-IT nb-NO nl-NL pl-PL ru-RU sv-SE is-IS ro-RO tr-TR cy-GB hi-IN",
    )
)
LOCALE_SLIPS = {"zn-CN": "zh-CN"}
