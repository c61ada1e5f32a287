"""What the same essential work costs without us: scripts that read, judge and count the files of one round.

Each prints unit, question, code and n, in order, as the release has them; nothing is measured of one that does not. The
municipality's answer is its latest response's.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from store.paths import DataPaths
from tests.bench.measuring import Cost, run

SCRIPTS = {
    "plain DuckDB": """
import duckdb, sys
duckdb.sql('set enable_progress_bar = false')
duckdb.sql(f'''create table given as from read_csv({sys.argv[1:]}, all_varchar=true)''')
duckdb.sql('''create table answers as
    unpivot (select *, code as municipality from given) on columns('q[0-9]+') into name question value answer''')
found = duckdb.sql('''
    select 'response' as unit, question, answer, count(*) as n from answers group by all
    union all
    select 'municipality', question, answer, count(*) from (
        select municipality, question, arg_min(answer, (-epoch("at"::timestamp), id)) as answer
        from answers group by all
    ) group by all
    order by all
''').fetchall()
for row in found: print(*row)
""",
    "plain pandas": """
import pandas as pd, sys
given = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in sys.argv[1:]])
latest = given.sort_values(["at", "id"], ascending=[False, True]).drop_duplicates("code")
found = [
    (unit, question, answer, n)
    for unit, rows in (("response", given), ("municipality", latest))
    for question in given.columns[3:]
    for answer, n in rows[question].value_counts().items()
]
for row in sorted(found): print(*row)
""",
    "plain polars": """
import polars as pl, sys
given = pl.concat([pl.read_csv(file, infer_schema=False) for file in sys.argv[1:]])
latest = given.sort(["at", "id"], descending=[True, False]).unique("code", keep="first", maintain_order=True)
found = [
    (unit, question, answer, n)
    for unit, rows in (("response", given), ("municipality", latest))
    for question in given.columns[3:]
    for answer, n in rows[question].value_counts().iter_rows()
]
for row in sorted(found): print(*row)
""",
}
PUBLISHED = """
select unit, question_id, answer_code, n from marts.answer_distribution
where breakdown = 'all' and level = 'option' and unit in ('response', 'municipality') and n > 0 order by all
"""


def costs(paths: DataPaths, files: Sequence[Path], folder: Path) -> dict[str, Cost]:
    """Of each script. Raises ValueError where one counts otherwise than the release."""
    return {name: _cost(name, paths, files, folder / "counted.txt") for name in SCRIPTS}


def _cost(name: str, paths: DataPaths, files: Sequence[Path], counted: Path) -> Cost:
    cost = run([sys.executable, "-c", SCRIPTS[name], *map(str, files)], said=counted)
    if counted.read_text(encoding="utf-8").splitlines() != published(paths):
        raise ValueError(f"{name} counts otherwise than the release")
    return cost


def published(paths: DataPaths) -> list[str]:
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        return [" ".join(map(str, row)) for row in connection.execute(PUBLISHED).fetchall()]
