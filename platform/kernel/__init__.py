"""What every part needs and nothing else: errors, the abstract base model, the audit record."""
