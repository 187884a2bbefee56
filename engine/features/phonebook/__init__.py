"""The phonebook: whose the numbers are that an account texts and calls."""
