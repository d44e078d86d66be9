"""Lets a client do a few things with the containers of one project, and nothing else."""
