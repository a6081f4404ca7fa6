"""What the program knows, and the words for it: types, errors, settings, and the SQLite store. Imports nothing of ours."""
