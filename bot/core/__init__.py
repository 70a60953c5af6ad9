"""The plain core: restaurant facts, orders, prices and turns, with no framework in it."""
