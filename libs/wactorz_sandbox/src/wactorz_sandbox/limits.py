"""What a guest may use up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of one guest."""

    memory_mb: int = 128
    """MiB of its linear memory; 32 is the least that starts."""
    cpu: float = 0.5
    """Share of one processor over time; a second's worth may be used at once."""
    load_seconds: float = 5.0
    """For executing the source."""
    setup_seconds: float = 2.0
    """For a slice that begins a call of setup."""
    slice_seconds: float = 1.0
    """For any other slice: from one `await` that waits to the next."""
    op_seconds: float = 300.0
    """For one operation of the host, whatever the agent asks."""
    open_ops: int = 256
    """Operations under way at once."""
    open_calls: int = 256
    """Calls under way at once."""
    waiting_messages: int = 1_000
    """Messages not yet taken; then the oldest go."""
    message_bytes: int = 256 * 1024
    """Of one publish, answer, operation or delivered message."""
    key_bytes: int = 200
    """Of a kept value's key."""
    value_bytes: int = 64 * 1024
    """Of a kept value."""
    state_bytes: int = 1024 * 1024
    """Of all kept values."""
    operations_per_second: float = 100.0
    """Operations, over time; as many as may be open can begin at once."""
    waiting_chars: int = 8 * 1024 * 1024
    """Of all messages not yet taken; then the oldest go."""
    bytes_per_second: float = 1024.0 * 1024
    """Of publishes, reports and kept values, over time; four seconds' worth may go at once."""
    tellings_per_second: float = 0.5
    """Alerts and notices, over time; 20 may go at once."""
    publishes_per_second: float = 200.0
    """Publishes and reports, over time; a second's worth may go at once."""
    logs_per_second: float = 50.0
    """Log lines, over time; two seconds' worth may go at once."""
    log_chars: int = 4_000
    """Of one log line."""
    subscriptions: int = 100
    """Topic filters."""
    refusals: int = 2_000
    """Refused publishes, operations or log lines within 10 s that end the guest."""
