"""The only writer to devices: policy, idempotency, read-back."""
