"""Makes what people install: the add-on as the Asset Library wants it, and the Python wheels."""
