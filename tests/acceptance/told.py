"""Every number of a page, and whether the release says it of what the page names there.

A page is walked through as it is read. What it names (a question, a row of a breakdown, an answer, what a column holds)
holds until the element ends in which it is named: so each number is told of something, and is a figure that the release
has of it, or nobody can explain it. A share needs its base in the same row, sentence or picture.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any

import duckdb
from babel.numbers import get_decimal_symbol, get_group_symbol

from publish.writing.words import Words, read_catalogue

VOID = {"meta", "br", "input", "wbr", "img", "line", "rect", "circle", "polyline", "path"}
SCOPES = {"section", "details", "figure", "table", "tr", "td", "li", "p", "div", "dl", "fieldset"}  # where names hold
UNITS = {"figure", "tr", "p", "li", "dl"}  # hold a share and its base
SHARES = {"pct", "earlier_pct", "now_pct"}
PRINTED = {"published", "computed"}  # in points or in numbers
ROUNDED = {"earlier_pct", "now_pct", "delta", "interval"}  # by the page; other figures are told as they are
DRAWN_ONLY = {"low", "high"}
# What a column is called, and what it holds: any figure of what is named where it is called otherwise.
COLUMNS = {
    "municipalities asked": "base", "municipalities that answered": "n_municipalities", "responses": "n_responses",
    "share": "pct", "named by": "n", "median": "median", "middle half": "quartile", "mean": "mean", "total": "total",
    "before": "earlier_pct", "now": "now_pct", "change, points": "delta", "interval": "interval", "n": "base",
    "printed": "published", "computed": "computed", "rows": "n_rows",
}  # fmt: skip
# What is drawn by a figure: properties of a style, and coordinates by the class of a line.
STYLES = {"width": "pct", "flex": "n"}
LINES = {"interval": {"x1": "low", "x2": "high"}, "dot": {"x1": "pct", "x2": "pct"}, "track": {}}
SAID = ("aria-label", "title", "alt")
NAMING = {"id", "href", "class", "lang", "hreflang", "tabindex", "name", "content", "charset", "scope", "role"}
EVERYWHERE = {"x1": "0", "x2": "100", "y1": "5", "y2": "5", "viewbox": "0 0 100 10"}  # of a picture 100 wide, 10 high
COORDINATES = {*EVERYWHERE, "x", "y", "width", "height", "cx", "cy", "r", "d", "points", "transform"}

Key = tuple[str, str, str]  # question, row of a breakdown, and answer or system, as a page calls them
FIGURES = """
    with cells as (
        select *, question_{0} as q, breakdown_row_{0} as r, answer_{0} as a, breakdown = 'county' as is_area
        from marts.result
        where breakdown in ('all', 'size_class', 'size_class_group', 'county')
            and if(breakdown = 'county', unit = 'municipality', (survey_id, round_id, question_id, unit) in (
                select (survey_id, round_id, question_id, unit) from marts.headline_result))
    ),
    q as (select question_key, label_{0} as q from marts.dim_question),
    r as (select breakdown_key, label_{0} as r from marts.dim_breakdown),
    a as (select answer_key, label_{0} as a from marts.dim_answer)
    select survey_id, round_id, q, r, a, unnest([
        ('pct', pct), ('n', n), ('low', 100 * if(is_area, ci_low_fpc, ci_low)),
        ('high', 100 * if(is_area, ci_high_fpc, ci_high))]) from cells
    union all select survey_id, round_id, q, r, '', ('base', base_n) from cells
    union all select survey_id, round_id, '', r, '', unnest([('base', n_frame), ('n_municipalities', n_municipalities),
        ('n_responses', n_responses), ('pct', pct)]) from marts.response_rate inner join r using (breakdown_key)
    union all select survey_id, round_id, q, r, system_name, unnest([('pct', pct), ('n', n), ('base', base_n)])
        from marts.system_use inner join q using (question_key) inner join r using (breakdown_key)
        inner join marts.dim_system using (system_id) where unit = 'response'
    union all select survey_id, round_id, q, r, '', unnest([('base', n), ('median', median), ('quartile', quartile_1),
        ('quartile', quartile_3), ('mean', mean), ('total', total)])
        from marts.number_summary inner join q using (question_key) inner join r using (breakdown_key)
        where unit = 'municipality'
    union all select survey_id, round_id, q, r, a, unnest([('earlier_pct', 100 * earlier_share),
        ('now_pct', 100 * share), ('base', earlier_base_n), ('base', base_n), ('delta', delta), ('interval', ci_low),
        ('interval', ci_high)])
        from marts.round_change inner join q using (question_key) inner join r using (breakdown_key)
        inner join a using (answer_key) where unit = 'municipality'
    union all select survey_id, round_id, 'printed', row_number() over of_round - 1, '', unnest([
        ('published', published_value), ('computed', computed_value), ('base', computed_base_n)])
        from marts.publication_reconciliation
        window of_round as (partition by survey_id, round_id order by document, figure_id)
"""
OF_ALL = """
    select title_{0}, '{1}', '', unnest([('base', n_frame), ('n_municipalities', n_municipalities),
        ('n_responses', n_responses)]) from marts.dim_round
    union all select '', '{1}', '', ('release', number) from marts.release
    union all select '', table_name, '', ('n_rows', n_rows) from marts.release_table
"""
NAMES = """
    select case thing when 'answer' then thing when 'question' then thing when 'round' then 'question' else '' end,
        label from marts.label where language = '{0}'
    union all select 'row', label_{0} from marts.dim_breakdown
        where breakdown in ('all', 'size_class', 'size_class_group', 'county')
    union all select 'answer', system_name from marts.dim_system
    union all select 'row', table_name from marts.release_table
    union all select '', unnest([description]) from marts.release_table
    union all select '', unnest([comment, column_name]) from duckdb_columns() where schema_name = 'marts'
    union all select '', unnest([vendor]) from marts.dim_system
"""


@dataclass(frozen=True)
class Named:
    """What was named last of each kind."""

    question: str = ""
    row: str = ""
    answer: str = ""
    measure: str = ""


@dataclass
class Unit:
    """A row, sentence or picture: of what it tells shares, and of what bases."""

    shares: set[tuple[str, str]] = field(default_factory=set)
    bases: set[tuple[str, str]] = field(default_factory=set)


@dataclass
class Element:
    """An element that is open: what was named before it, and the answers that its text alternative names."""

    tag: str
    before: Named | None
    unit: Unit | None
    parts: Iterator[str] | None = None
    drawn: Sequence[tuple[str | None, str, str]] = ()
    is_silent: bool = False


class Told(HTMLParser):
    """The walk through a page: `unexplained` are the numbers that the release does not say, or not with their base."""

    def __init__(
        self, figures: Mapping[Key, Sequence[tuple[str, float]]], names: Mapping[str, str], words: Words
    ) -> None:
        super().__init__()
        self.figures, self.names = figures, names
        self.whole = next(row for (_, row, _), told in figures.items() if "release" in dict(told))
        self.answers = {(question, answer) for question, _, answer in figures}
        self.columns = {words.say(text): measure for text, measure in COLUMNS.items()}
        group, point = get_group_symbol(words.locale), get_decimal_symbol(words.locale)
        self._plain = str.maketrans({group: "", point: ".", "−": "-", "\xa0": "", "%": ""})
        number = rf"[+−]?\d{{1,3}}(?:{re.escape(group)}\d{{3}})+|[+−]?\d+(?:{re.escape(point)}\d+)?"
        known = "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(names, key=len, reverse=True))
        self._token = re.compile(rf"(?P<name>{known})|(?P<number>(?:{number})(?:\s?%)?)")
        self.named, self.open, self.unexplained = Named(), list[Element](), list[str]()
        self.n_numbers = 0
        self._heads, self._cell, self._row = list[str](), 0, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        parts = self.open[-1].parts if self.open else None
        is_scope = tag in SCOPES or parts is not None
        made = Element(tag, self.named if is_scope else None, Unit() if tag in UNITS else None)
        made.is_silent = tag == "style"
        if tag not in VOID:
            self.open.append(made)
        if parts is not None:
            self.named = replace(self.named, answer=next(parts, ""))
        self._in_table(tag)
        for name in SAID:
            if name in given:
                made.parts = iter(self._read(given[name]))
        known = {*SAID, *NAMING, *COORDINATES, "style"}
        self.unexplained += [f"{name}={given[name]}" for name in given.keys() - known if re.search(r"\d", given[name])]
        made.drawn = list(self._drawn(tag, given))
        if tag in VOID:
            self._close(made)

    def _in_table(self, tag: str) -> None:
        """A cell is told of what its column names."""
        if tag == "table":
            self._heads, self._row = [], -1
        elif tag == "tr":
            self._cell, self._row = -1, self._row + 1
        elif tag in ("td", "th"):
            self._cell += 1
            if self._is_head:
                self._heads.append("")
            elif tag == "td" and self._cell < len(self._heads):
                head = self._heads[self._cell].strip()
                self._read(head)
                self.named = replace(self.named, measure=self.columns.get(head, ""))

    @property
    def _is_head(self) -> bool:
        return any(each.tag == "thead" for each in self.open)

    @property
    def _is_printed(self) -> bool:
        return any(self.columns.get(head.strip()) == "published" for head in self._heads)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._heads = []
        while self.open and (closed := self.open.pop()):
            self._close(closed)
            if closed.tag == tag:
                return

    def _close(self, closed: Element) -> None:
        """What an element draws is told of what is named in it."""
        for drawn in closed.drawn:
            self._check_drawn(*drawn)
        if closed.unit:
            self._leave(closed.unit)
        if closed.before is not None:
            self.named = closed.before

    def _leave(self, unit: Unit) -> None:
        """What lacks its base must find it in what is around."""
        lacking = unit.shares - unit.bases
        around = next((each.unit for each in reversed(self.open) if each.unit), None)
        if around:
            around.shares |= lacking
            around.bases |= unit.bases
        else:
            self.unexplained += [f"without its base: {' / '.join(each)}" for each in sorted(lacking)]

    def handle_data(self, data: str) -> None:
        if self._is_head and any(each.tag in ("th", "td") for each in self.open):
            self._heads[-1] += data
        if self.open and not any(each.is_silent for each in self.open):
            self._read(data)

    def _read(self, text: str) -> list[str]:
        """Check the numbers of a text, and the answers that it names."""
        answers = []
        for token in self._token.finditer(text):
            if token["name"] is not None:
                answers += self._name(token["name"])
            elif not self._is_told(token["number"]):
                self.unexplained.append(f"{token['number']} in {text.strip()[:80]!r}, of {self.named}")
        return answers

    def _name(self, name: str) -> list[str]:
        kind = self.names[name]
        if kind == "answer" and (self.named.question, name) not in self.answers:
            return []
        if kind == "question":
            self.named = Named(question=name)
        elif kind:
            self.named = replace(self.named, **{kind: name})
        return [name] if kind == "answer" else []

    def _is_told(self, number: str) -> bool:
        value, is_share = float(number.translate(self._plain)), "%" in number
        self.n_numbers += 1
        told = [measure for measure, figure in self._figures() if self._is_so(measure, figure, value, is_share)]
        unit = next((each.unit for each in reversed(self.open) if each.unit), None)
        if unit and is_share:
            unit.shares.add((self.named.question, self.named.row))
        if unit and "base" in told:
            unit.bases.add((self.named.question, self.named.row))
        return bool(told)

    def _figures(self) -> Sequence[tuple[str, float]]:
        """What the release has of what is named."""
        question, row, answer = self.named.question, self.named.row or self.whole, self.named.answer
        if self._is_printed and self._cell > 0:
            return self.figures["printed", str(self._row - 1), ""]
        of_row = [each for each in self.figures.get((question, row, ""), ()) if not answer or each[0] == "base"]
        return [*self.figures.get((question, row, answer), ()), *of_row]

    def _is_so(self, measure: str, figure: float, value: float, is_share: bool) -> bool:
        if measure in DRAWN_ONLY or self.named.measure not in ("", measure):
            return False
        if is_share != (measure in SHARES) and measure not in PRINTED:
            return False
        return abs(figure - value) <= (0.5 if measure in ROUNDED else 0.00051)

    def _drawn(self, tag: str, given: Mapping[str, str]) -> Iterator[tuple[str | None, str, str]]:
        """What is drawn by numbers: by which figure, the number, and where."""
        for entry in filter(None, given.get("style", "").split(";")):
            name, _, value = entry.partition(":")
            yield STYLES.get(name.strip()), value.strip().removesuffix("%"), entry
        if tag == "svg" or any(each.tag == "svg" for each in self.open):
            own = LINES.get(given.get("class", ""), {})
            for name in COORDINATES & given.keys():
                if given[name] != EVERYWHERE.get(name) or name in own:
                    yield own.get(name), given[name], f"{tag} {name}={given[name]}"

    def handle_comment(self, data: str) -> None:
        """The first line says which release it is; whatever else is told in a comment is told behind the page."""
        if self.open:
            self.unexplained.append(f"a comment: {data}")

    def _check_drawn(self, measure: str | None, value: str, place: str) -> None:
        self.n_numbers += 1
        told = [figure for name, figure in self._figures() if name == measure]
        if not any(abs(figure - float(value)) <= 0.0005 for figure in told):
            self.unexplained.append(f"drawn: {place}, of {self.named}")


def walked(connection: duckdb.DuckDBPyConnection, name: str, text: str, more: int = 0) -> Told:
    """A page that was walked through; beside it the release may have so much more in every figure."""
    language = name.split(".")[-2]
    figures = {
        key: [(measure, value + more) for measure, value in told]
        for key, told in figures_of(connection, name, language).items()
    }
    walk = Told(figures, names_of(connection, language), Words(language))
    walk.feed(text)
    return walk


def figures_of(connection: duckdb.DuckDBPyConnection, page: str, language: str) -> dict[Key, list[tuple[str, float]]]:
    """What the release says of the round of a page, and of all rounds."""
    ((whole,),) = connection.execute(
        f"select distinct label_{language} from marts.dim_breakdown where breakdown = 'all'"
    ).fetchall()
    of_rounds = connection.execute(FIGURES.format(language)).fetchall()
    rows: list[Any] = [row[2:] for row in of_rounds if page.startswith(f"{row[0]}_{row[1]}.")]
    found: dict[Key, list[tuple[str, float]]] = defaultdict(list)
    for question, row, answer, (measure, value) in rows + connection.execute(OF_ALL.format(language, whole)).fetchall():
        if value is not None:
            found[question, row, answer].append((measure, float(value)))
    return found


def names_of(connection: duckdb.DuckDBPyConnection, language: str) -> dict[str, str]:
    """What a page may name, with its kind; texts whose digits are no figures have none."""
    words = Words(language)
    days = connection.execute(
        "select unnest([opens_on, closes_on]) from marts.dim_round union select created_at::date from marts.release"
    ).fetchall()
    texts = [str(each.string) for each in read_catalogue(language) if each.string and "{" not in str(each.string)]
    named = sorted(connection.execute(NAMES.format(language)).fetchall(), key=lambda row: row[0] != "")
    other = [*texts, *(words.day(day) for (day,) in days), *(name for kind, name in named if name and not kind)]
    return {
        **{text: "" for text in other if re.search(r"\d", text)},
        **{name: kind for kind, name in named if name and kind},
    }
