"""Figures of sending SMS: what the daemon adds to gammu, a long queue, and a modem that does not answer."""
