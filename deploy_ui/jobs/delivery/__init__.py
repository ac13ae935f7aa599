"""What a deliverer does: it makes the attempts of calls, and tells callers how they ended."""
