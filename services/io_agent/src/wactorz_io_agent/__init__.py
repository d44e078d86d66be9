"""The one door for chat: mentions, sessions, exactly one answer per message."""
