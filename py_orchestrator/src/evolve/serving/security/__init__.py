"""Who may ask the service for what: keys, tokens of an identity provider, rates, and where it may listen."""
