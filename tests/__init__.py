"""Tests of the whole: contract, integration, end to end, chaos, and measurements."""
