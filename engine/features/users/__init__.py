"""Users: the people of an account, what each may do, and how each signs in."""
