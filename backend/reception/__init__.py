"""Check-in, tickets and numbers, queue order, calling, hand-over (引継ぎ)."""
