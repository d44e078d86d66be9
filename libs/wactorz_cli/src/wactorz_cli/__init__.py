"""The wactorz command."""
