"""A Home Assistant client that reconnects and resynchronises."""
