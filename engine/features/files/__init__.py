"""Files: documents and pictures that an account uploads, to send them."""
