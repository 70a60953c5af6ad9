"""Hearing guests: the speech recogniser."""
