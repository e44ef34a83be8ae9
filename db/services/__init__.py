"""Writes: one function per thing a person or the system does. They take a session and never commit."""
