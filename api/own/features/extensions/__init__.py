"""Extensions: the phones of accounts, and which calls they take."""
