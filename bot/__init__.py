"""The assistant: dialogue turns, orders, channels, the staff board."""
