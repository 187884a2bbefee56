"""Calendars of other services that users connect: Google's and Outlook's, by OAuth 2.0."""
