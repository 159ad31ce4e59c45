"""What the program costs, measured beside other ways to make the same report: `make bench`, `python -m bench`."""
