"""The command line: one file a command. On top of everything; nothing imports it."""
