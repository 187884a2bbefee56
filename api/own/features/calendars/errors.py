"""What can be wrong with calendars."""

from engine.features.calendars.model import ConsentFailed, NotSetUp, ProviderFailed

ERRORS = {
    NotSetUp: (409, "not_set_up"),
    ConsentFailed: (409, "consent_failed"),
    ProviderFailed: (502, "provider_failed"),
}
