"""Graph networks over the knowledge graph. Everything here but ``input`` imports torch: only the training process does."""
