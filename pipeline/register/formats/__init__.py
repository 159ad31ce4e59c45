"""Reading what an office keeps its register in: each format becomes sheets of text cells, nothing is interpreted."""
