"""Takes the pictures of the README and the docs: scenes and the editor, drawn on a virtual display."""
