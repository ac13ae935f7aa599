"""What was measured: how it is kept on this machine, and how charts are made of it. Knows no table of the database."""
