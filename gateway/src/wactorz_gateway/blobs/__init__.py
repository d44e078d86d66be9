"""Files that people attach to messages: what they are, and where they are kept."""
