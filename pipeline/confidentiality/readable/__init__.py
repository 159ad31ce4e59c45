"""What somebody, or a machine, can read in a file: texts, links, alternative texts, titles, metadata, cells."""
