"""Sentences to calls, rules and questions, without a model."""
