"""The team's pages: the board with orders and the host stand, the floor, the day's special."""
