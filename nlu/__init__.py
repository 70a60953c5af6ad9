"""Understanding what guests write and say: menus, order lines, intents."""
