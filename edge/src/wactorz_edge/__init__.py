"""The node runner: starts, watches and restarts the processes of this machine."""
