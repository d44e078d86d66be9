"""Who may come in: people, their roles, passwords, sessions and tokens."""
