"""What an upload is: a prompt's file that an account gave a name."""

from engine.store.uploads import UploadRow

__all__ = ["UploadRow"]
