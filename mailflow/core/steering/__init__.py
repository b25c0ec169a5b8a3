"""Steering by mail: the digest that our own people get, and what they answer and order. Pure."""
