"""Measurements of the chat, of bookings and of texts."""
