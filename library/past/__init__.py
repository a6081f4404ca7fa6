"""A past that was brought along: files of other programs, read line by line, matched with the library, and taken back whole."""
