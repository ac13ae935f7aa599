"""What people read, in English and Russian."""
