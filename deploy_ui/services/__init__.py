"""The product's verbs: they decide who may, hold the SQL, and answer with frozen dataclasses."""
