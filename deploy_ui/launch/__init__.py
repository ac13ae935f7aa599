"""How the product's processes are started, kept running and ended on one machine."""
