"""The Taste tab: what the program knows of a person's taste, and how well."""
