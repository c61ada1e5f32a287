"""A first draft of a round's folder from an export file. What is unsure is marked with ?, and nothing marked is read.

reading.py finds out how the file is written, columns.py and values.py match it with the codebook, folder.py writes.
"""
