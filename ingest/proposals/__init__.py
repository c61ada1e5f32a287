"""A first draft of a round's folder from an export file, or of a survey's from the file of its form. What is unsure is
marked with ?, and nothing marked is read.

Of a round: reading.py finds out how the file is written, columns.py and values.py match it with the codebook, folder.py
writes. Of a survey: xlsform.py, limesurvey.py and answered.py read a form, conditions.py says its conditions in the
codebook's grammar, codebook.py writes.
"""
