"""The engines that run the models: what SQL lacks, Spark's session, and its tables brought back."""
