"""Messages as mails, with the recording: for boxes that have an address, where the installation has a mail server."""
