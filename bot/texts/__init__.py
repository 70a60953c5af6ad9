"""Texts to guests and from them: causes, the worker that sends, the provider, replies."""
