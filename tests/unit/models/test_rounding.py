"""Both conventions of rounding at every tie of every base up to 200, beside the decimal arithmetic of the library."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest

from tests.rendered import rendered

LARGEST_BASE = 200


@pytest.mark.parametrize("scale", [100, 1000])
def test_half_up_at_every_count(scale: int) -> None:
    sql = rendered(
        f"""
        select n, base_n, {{{{ half_up('n', 'base_n', {scale}) }}}}
        from range(1, {LARGEST_BASE + 1}) as bases (base_n)
        inner join range(0, {LARGEST_BASE + 1}) as counts (n) on n <= base_n
        """
    )
    rows = duckdb.execute(sql).fetchall()
    wrong = [row for row in rows if row[2] != _half_up(row[0], row[1], scale)]
    n_ties = sum(2 * scale * n % base == 0 and scale * n % base != 0 for n, base, _ in rows)
    assert wrong == []
    assert n_ties > 100


def test_half_up_on_no_base() -> None:
    assert duckdb.execute(rendered("select {{ pct_half_up(0, 0) }}")).fetchall() == [(None,)]


def test_largest_remainder_adds_up_and_gives_ties_to_the_first() -> None:
    """Every way to share 1 to 24 answers among three options; the option that comes first wins a tie."""
    sql = rendered(
        """
        with options as (
            select a.n || ' ' || b.n || ' ' || base_n as id, base_n, unnest([a.n, b.n, base_n - a.n - b.n]) as n,
                unnest([1, 2, 3]) as sort_order
            from range(1, 25) as bases (base_n), range(0, 25) as a (n), range(0, 25) as b (n)
            where a.n + b.n <= base_n
        ),
        rounded as (
            select id, base_n, n, sort_order,
                {{ pct_largest_remainder('n', 'base_n', 'id', 'sort_order') }} as pct
            from options
        )
        select any_value(base_n), list(n order by sort_order), list(pct order by sort_order) from rounded group by id
        """
    )
    rows = duckdb.execute(sql).fetchall()
    assert len(rows) > 2000
    assert [row for row in rows if list(map(int, row[2])) != _largest_remainder(row[1], row[0])] == []


def _half_up(n: int, base: int, scale: int) -> int:
    return int((Decimal(n) * scale / Decimal(base)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _largest_remainder(counts: list[int], base: int) -> list[int]:
    """By hand: whole parts, then one more to each of the largest remainders until there are 100."""
    parts = [100 * n // base for n in counts]
    by_remainder = sorted(range(len(counts)), key=lambda place: (-(100 * counts[place] % base), place))
    for place in by_remainder[: 100 - sum(parts)]:
        parts[place] += 1
    return parts
