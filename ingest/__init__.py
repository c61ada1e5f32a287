"""Sources in: strict readers, codebook, registry, inventory. Knows no Dagster and no dbt."""
