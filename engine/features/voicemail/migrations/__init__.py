"""The revisions of voicemail."""
