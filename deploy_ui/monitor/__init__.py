"""The monitor: measures every deployment every 15 s, keeps what it measured, and raises alerts."""
