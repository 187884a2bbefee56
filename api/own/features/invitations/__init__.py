"""Invitations of users in our own API, and the page that their links lead to."""
