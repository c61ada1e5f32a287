"""How pages are written: words in a language, templates, and files that are kept while what they tell is the same."""
