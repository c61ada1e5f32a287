"""What is wrong, said so that a person can mend it: one fault per fault, all of them at once."""
