"""How items are related: the knowledge graph, what is read out of texts for it, networks over it, and paths through it."""
