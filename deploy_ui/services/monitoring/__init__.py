"""What people see of what was measured."""
