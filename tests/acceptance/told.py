"""Every number of a page, and whether the release says it of what the page names there.

A page is walked through as it is read. What it names (a question, a row of a breakdown, an answer, what a column holds)
holds until the element ends in which it is named: so each number is told of something, and is a figure that the release
has of it, or nobody can explain it. A share needs its base in the same row, sentence or picture.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any

import duckdb
from babel.numbers import get_decimal_symbol, get_group_symbol

from publish.writing.rounds import last_changes
from publish.writing.words import Words, read_catalogue

VOID = {"meta", "br", "input", "wbr", "img", "rect", "polyline"}
SCOPES = {
    "section",
    "article",
    "details",
    "figure",
    "table",
    "tr",
    "td",
    "li",
    "p",
    "div",
    "dl",
    "fieldset",
}  # where names hold
UNITS = {"figure", "tr", "p", "li", "dl"}  # hold a share and its base
SHARES = {"pct", "earlier_pct", "now_pct", "same"}
PRINTED = {"published", "computed", "as_printed", "frame"}  # in points or in numbers
# By the page, by so much at most; other figures are told as they are.
ROUNDED = {"earlier_pct": 0.5, "now_pct": 0.5, "delta": 0.5, "interval": 0.5, "frame": 0.051}
DRAWN_ONLY = {"low", "high", "place", "left", "rank", "column", "line", "class"}
# What only an element of this name, class or id tells.
ONLY_IN = {"as_printed": "em", "start": "curve", "cited": "cite", "n_people": "interviews"}
# What only these words tell.
PHRASES = {
    "{names} and {n} more": {"n": "n_more"}, "Hidden: {n} of {all}.": {"n": "n_hidden", "all": "n_all"},
    "The same in all: {pct}.": {"pct": "same"}, "p = {p}": {"p": "p"},
}  # fmt: skip
IN_WORDS = {measure for told in PHRASES.values() for measure in told.values()}
# What a column is called, and what it holds: any figure of what is named where it is called otherwise.
COLUMNS = {
    "municipalities asked": "base", "municipalities that answered": "n_municipalities", "responses": "n_responses",
    "share": "pct", "named by": "n", "median": "median", "middle half": "quartile", "mean": "mean", "total": "total",
    "before": "earlier_pct", "now": "now_pct", "change, points": "delta", "interval": "interval", "n": "base",
    "printed": "published", "computed": "computed", "interval, all asked": "frame", "rows": "n_rows",
    "responses so far": "responses_so_far", "municipalities so far": "municipalities_so_far",
}  # fmt: skip
# What is drawn by a figure: properties of a style, and the class of a tile.
STYLES = {
    "flex": ("n", "left"), "--p": ("pct", "place"), "--l": ("low",), "--h": ("high",), "--o": ("rank",),
    "--c": ("column",), "--r": ("line",),
}  # fmt: skip
TILE = re.compile(r"t(\d)")
CLASSES = ((0, 19), (20, 39), (40, 59), (60, 79), (80, 100))  # of tiles, in a legend
SAID = ("aria-label", "title", "alt")
NAMING = {"id", "href", "class", "lang", "hreflang", "tabindex", "name", "content", "charset", "scope", "role"}
CURVED = {"viewbox", "transform", "points"}

Key = tuple[str, str, str]  # question, row of a breakdown, and answer or system, as a page calls them
FIGURES = """
    with r as (
        select breakdown_key, label_{0} as r from marts.dim_breakdown
        union
        select breakdown_key, label from marts.dim_breakdown
        inner join marts.label on thing = 'area_short' and thing_key = 'county/' || breakdown_id and language = '{0}'
        where breakdown = 'county'
    ),
    short as (
        select breakdown_key, max_by(r, r <> label_{0}) as r_short
        from r inner join marts.dim_breakdown using (breakdown_key) group by all
    ),
    found as (
        select *, question_{0} as q, answer_{0} as a, breakdown = 'county' as is_area,
            if(is_area, is_reliable_for_frame, is_reliable) as is_sure,
            count(*) over likes as n_like, count(*) filter (is_sure) over likes as n_like_sure,
            row_number() over (ofs order by pct desc nulls last, r_short) as rank, count(*) over ofs as n_rows,
            count(*) filter (cell_status like 'hidden%') over ofs as n_hidden,
            if(min(pct) over ofs = max(pct) over ofs, pct, null) as same
        from marts.result inner join short on breakdown_key = concat_ws('/', survey_id, breakdown, breakdown_id)
        where breakdown in ('all', 'size_class', 'size_class_group', 'county')
            and if(breakdown = 'county', unit = 'municipality', (survey_id, round_id, question_id, unit) in (
                select (survey_id, round_id, question_id, unit) from marts.headline_result))
        window ofs as (partition by survey_id, round_id, question_id, level, answer_code, breakdown),
            likes as (partition by survey_id, round_id, question_id, level, answer_code, breakdown, pct)
    ),
    cells as (select * from found inner join r using (breakdown_key)),
    rates as (
        select *, count(*) over (partition by survey_id, round_id, breakdown, pct) - 3 as n_more,
            tile_column - min(tile_column) over (partition by survey_id, round_id, breakdown) + 1 as tile
        from marts.response_rate left join marts.dim_county on breakdown = 'county' and breakdown_id = county_code
        where n_frame > 0
    ),
    q as (select question_key, label_{0} as q from marts.dim_question),
    a as (select answer_key, label_{0} as a from marts.dim_answer)
    select survey_id, round_id, q, r, a, unnest([
        ('pct', pct), ('n', n), ('low', 100 * if(is_area, ci_low_fpc, ci_low)),
        ('high', 100 * if(is_area, ci_high_fpc, ci_high)), ('n_more', n_like - 3),
        ('n_more', n_like_sure - 3), ('rank', if(is_area, rank, null))]) from cells
    union all select survey_id, round_id, q, '', a, unnest([('n_all', n_rows), ('n_hidden', n_hidden), ('same', same)])
        from cells
    union all select survey_id, round_id, '', '', '', ('same', max(pct)) from rates
        group by survey_id, round_id, breakdown having min(pct) = max(pct)
    union all select survey_id, round_id, q, r, '', ('left', max(base_n) - coalesce(sum(n), 0))
        from cells
        where level = 'option' group by all
    union all select survey_id, round_id, q, r, '', ('base', base_n) from cells
    union all select survey_id, round_id, '', r, '', unnest([('base', n_frame), ('n_municipalities', n_municipalities),
        ('n', n_municipalities), ('n_responses', n_responses), ('pct', pct), ('n_more', n_more),
        ('class', 1 + least(pct // 20, 4)), ('column', tile), ('line', tile_row)])
        from rates inner join r using (breakdown_key)
    union all select survey_id, round_id, q, r, system_name, unnest([('pct', pct), ('n', n), ('base', base_n)])
        from marts.system_use inner join q using (question_key) inner join r using (breakdown_key)
        inner join marts.dim_system using (system_id) where unit = 'response'
    union all select survey_id, round_id, q, r, '', unnest([('base', n), ('median', median), ('quartile', quartile_1),
        ('quartile', quartile_3), ('mean', mean), ('total', total), ('place', 100 * (median - first) / width),
        ('low', 100 * (quartile_1 - first) / width), ('high', 100 * (quartile_3 - first) / width)])
        from (
            select *, min(least(0, quartile_1)) over ofs as first,
                coalesce(nullif(max(greatest(0, quartile_3)) over ofs - first, 0), 1) as width
            from marts.number_summary where unit = 'municipality' and breakdown in ('all', 'size_class')
            window ofs as (partition by round_key, question_key)
        ) inner join q using (question_key) inner join r using (breakdown_key)
    union all select survey_id, round_id, q, 'change', a, unnest([('earlier_pct', 100 * earlier_share),
        ('now_pct', 100 * share), ('base', earlier_base_n), ('base', base_n), ('delta', delta), ('interval', ci_low),
        ('interval', ci_high)])
        from marts.round_change inner join q using (question_key) inner join a using (answer_key)
        where unit = 'municipality' and breakdown = 'all'
    union all select survey_id, round_id, coalesce(q, ''), r, coalesce(a, ''), ('as_printed', published_value)
        from marts.publication_reconciliation as p left join q using (question_key) inner join r using (breakdown_key)
        left join a on a.answer_key = concat_ws('/', p.question_key, p.level, p.answer)
        where statistic in ('pct', 'n', 'response_rate_pct')
    union all select survey_id, round_id, place, row_number() over of_place - 1, '', unnest([
        ('published', published_value), ('computed', computed_value), ('base', computed_base_n),
        ('frame', frame_low), ('frame', frame_high), ('p', frame_p)])
        from (
            select figures.*, claim_id, figure_order, coalesce(sentence, replace('{2}', '*', figures.document)) as place
            from marts.publication_reconciliation as figures
            left join marts.claim_figure using (survey_id, round_id, figure_id)
            left join marts.printed_sentence using (survey_id, round_id, claim_id)
        )
        window of_place as (partition by survey_id, round_id, claim_id, place order by figure_order, figure_id)
    union all select survey_id, round_id, '', '{1}', '', ('n_people', n_people) from marts.interview
    union all select survey_id, round_id, sentence, '{1}', '', ('base', unnest(string_split(bases, ', '))
        .regexp_replace('\\D', '', 'g')::int) from marts.finding where language = '{0}'
"""
CURVE = """
    select submitted_on, response_curve.n_responses, n_responses_so_far, n_municipalities_so_far,
        min(least(opens_on, submitted_on)) over () as opens, max(greatest(closes_on, submitted_on)) over () as closes
    from marts.response_curve inner join marts.dim_round using (survey_id, round_id)
    where starts_with(?, survey_id || '.' || round_id || '.') order by submitted_on
"""
OF_ALL = """
    select title_{0}, '{1}', '', unnest([('base', n_frame), ('n_municipalities', n_municipalities),
        ('n_responses', n_responses)]) from marts.dim_round
    union all select '', '{1}', '', ('release', number) from marts.release
    union all select '', table_name, '', ('n_rows', n_rows) from marts.release_table
    union all select '', '{1}', '', ('start', 0)
"""
NAMES = """
    select case thing when 'answer' then thing when 'question' then thing when 'round' then 'question' else '' end,
        label from marts.label where language = '{0}'
    union all select 'row', label from marts.label where thing = 'area_short' and language = '{0}'
    union all select 'row', label_{0} from marts.dim_breakdown
        where breakdown in ('all', 'size_class', 'size_class_group', 'county')
    union all select 'answer', system_name from marts.dim_system
    union all select 'row', table_name from marts.release_table
    union all select '', unnest([description]) from marts.release_table
    union all select '', unnest([comment, column_name]) from duckdb_columns() where schema_name = 'marts'
    union all select '', unnest([vendor]) from marts.dim_system
    union all select '', unnest([licence]) from marts.dim_survey
    union all select '', note from marts.interview where note is not null
"""
# Of the rounds of a page: an index is of all. What was found, and texts and days whose digits are no figures.
OF_ROUNDS = "starts_with(?, survey_id || '.' || round_id || '.') or starts_with(?, 'index.')"
FINDINGS = f"select sentence from marts.finding where language = ? and is_shown and ({OF_ROUNDS})"
HASHES = f"select content_sha256 from marts.release_round where {OF_ROUNDS}"
SLIDES = "select document, place from marts.practice union select document, place from marts.printed_sentence"
# What stands above printed figures: a sentence that rests on them, or the document that has them.
SENTENCES = f"select sentence from marts.printed_sentence where {OF_ROUNDS}"
DOCUMENTS = "select distinct document from marts.publication_reconciliation"
AS_PRINTED = "Figures as printed: {document}"
REASONS = "select not_computable_{0} from marts.printed_sentence where not_computable_{0} is not null"
DAYS = f"""
    select unnest([opens_on, closes_on, division_date, population_date]) from marts.dim_round where {OF_ROUNDS}
    union select unnest([began_on, ended_on]) from marts.interview where {OF_ROUNDS}
    union select created_at::date from marts.release
"""


@dataclass(frozen=True)
class Named:
    """What was named last of each kind."""

    question: str = ""
    row: str = ""
    answer: str = ""
    measure: str = ""
    sentence: str = ""  # or another title of printed figures


@dataclass
class Unit:
    """A row, sentence or picture: of what it tells shares, and of what bases."""

    shares: set[tuple[str, str]] = field(default_factory=set)
    bases: set[tuple[str, str]] = field(default_factory=set)


@dataclass
class Element:
    """An element that is open: what was named before it, what it is known by (name, class, id), and the answers that
    its text alternative names."""

    tag: str
    before: Named | None
    unit: Unit | None
    known: Set[str] = frozenset()
    parts: Iterator[str] | None = None
    drawn: Sequence[tuple[Sequence[str], str, str]] = ()
    is_silent: bool = False


class Told(HTMLParser):
    """The walk through a page: `unexplained` are the numbers that the release does not say, or not with their base."""

    def __init__(
        self, figures: Mapping[Key, Sequence[tuple[str, float]]], curve: Mapping[str, Set[str]],
        names: Mapping[str, str], words: Words,
    ) -> None:  # fmt: skip
        super().__init__()
        self.figures, self.curve, self.names = figures, curve, names
        self.whole = next(row for (_, row, _), told in figures.items() if "release" in dict(told))
        self.answers = {(question, answer) for question, _, answer in figures}
        self.columns = {words.say(text): measure for text, measure in COLUMNS.items()}
        group, point = get_group_symbol(words.locale), get_decimal_symbol(words.locale)
        self._plain = str.maketrans({group: "", point: ".", "−": "-", "\xa0": "", "%": ""})
        number = rf"[+−]?\d{{1,3}}(?:{re.escape(group)}\d{{3}})+|[+−]?\d+(?:{re.escape(point)}\d+)?"
        known = "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(names, key=len, reverse=True))
        phrases = "|".join(_pattern(words, text, told) for text, told in PHRASES.items())
        pair = rf"(?P<n>{number})/(?P<base>{number})"  # 3/7
        self._token = re.compile(rf"{pair}|{phrases}|(?P<name>{known})|(?P<number>(?:{number})(?:\s?%)?)")
        self.named, self.open, self.unexplained = Named(), list[Element](), list[str]()
        self.n_numbers = 0
        self._heads, self._cell, self._row = list[str](), 0, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        parts = self.open[-1].parts if self.open else None
        is_scope = tag in SCOPES or parts is not None
        made = Element(tag, self.named if is_scope else None, Unit() if tag in UNITS else None)
        made.is_silent = tag == "style"
        made.known = {tag, *given.get("class", "").split(), given.get("id", "")}
        if tag not in VOID:
            self.open.append(made)
        if parts is not None:
            self.named = replace(self.named, answer=next(parts, ""))
        self._in_table(tag)
        for name in SAID:
            if name in given:
                made.parts = iter([answer for answer in self._read(given[name]) if self._is_shown(answer)])
        known = {*SAID, *NAMING, *CURVED, "style"}
        self.unexplained += [f"{name}={given[name]}" for name in given.keys() - known if re.search(r"\d", given[name])]
        made.drawn = list(self._drawn(tag, given))
        self._check_curve(tag, given)
        if tag in VOID:
            self._close(made)

    def _is_shown(self, answer: str) -> bool:
        """Whether an answer has a part of its own; those that are hidden share one."""
        return "n" in dict(self.figures.get((self.named.question, self.named.row, answer), ()))

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
        around = self._unit
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
            else:
                self._check(token, text.strip()[:80])
        return answers

    def _check(self, token: re.Match[str], text: str) -> None:
        """A number, or those of a pair or a phrase, which say what they are."""
        before = self.named
        for measure, number in token.groupdict().items():
            self.named = before if measure == "number" else replace(before, measure=measure)
            if number is not None and not self._is_told(number):
                self.unexplained.append(f"{number} in {text!r}, of {self.named}")
        self.named = before

    def _name(self, name: str) -> list[str]:
        kind = self.names[name]
        if kind == "answer" and (self.named.question, name) not in self.answers:
            return []
        if kind == "day":
            kind = "row" if any(each.tag == "tr" for each in self.open) else ""
        if kind in ("question", "finding"):
            self.named = Named(question=name, sentence=self.named.sentence)
            self._find(name)
        elif kind:
            self.named = replace(self.named, **{kind: name})
        return [name] if kind == "answer" else []

    def _find(self, finding: str) -> None:
        """Each base of its shares stands beside a finding; a question has none yet."""
        if self.names[finding] == "finding" and (unit := self._unit):
            unit.shares |= {(finding, str(base)) for _, base in self.figures.get((finding, self.whole, ""), ())}

    @property
    def _unit(self) -> Unit | None:
        return next((each.unit for each in reversed(self.open) if each.unit), None)

    def _is_told(self, number: str) -> bool:
        value, is_share = float(number.translate(self._plain)), "%" in number
        self.n_numbers += 1
        told = [measure for measure, figure in self._figures() if self._is_so(measure, figure, value, is_share)]
        unit, of = self._unit, self.named.question
        if unit and is_share and "same" not in told:  # which stands above its rows, each with its base
            unit.shares.add((of, self.named.row))
        if unit and "base" in told:
            unit.bases |= {(of, self.named.row), (of, str(value))}
        return bool(told)

    def _figures(self) -> Sequence[tuple[str, float]]:
        """What the release has of what is named."""
        question, row, answer = self.named.question, self.named.row or self.whole, self.named.answer
        row = "change" if self._is_in("change") else row
        if self._is_printed and self._cell > 0:
            return self.figures.get((self.named.sentence, str(self._row - 1), ""), ())
        of_row = [each for each in self.figures.get((question, row, ""), ()) if not answer or each[0] == "base"]
        return [*self.figures.get((question, row, answer), ()), *of_row, *self.figures.get((question, "", answer), ())]

    def _is_so(self, measure: str, figure: float, value: float, is_share: bool) -> bool:
        if abs(figure - value) > ROUNDED.get(measure, 0.00051):
            return False
        if measure in DRAWN_ONLY or not self._is_place_of(measure):
            return False
        if self.named.measure not in ({measure} if measure in IN_WORDS else {"", measure}):
            return False
        return is_share == (measure in SHARES) or measure in PRINTED

    def _is_place_of(self, measure: str) -> bool:
        """Whether a measure is told here: some are in one kind of element only, and a mark of print tells print."""
        place = ONLY_IN.get(measure)
        is_print = measure == "as_printed" or self.open[-1].tag != "em"
        return is_print and (place is None or self._is_in(place))

    def _is_in(self, name: str) -> bool:
        return any(name in each.known for each in self.open)

    def _drawn(self, tag: str, given: Mapping[str, str]) -> Iterator[tuple[Sequence[str], str, str]]:
        """What is drawn by numbers: by which figure, the number, and where."""
        for entry in filter(None, given.get("style", "").split(";")):
            name, _, value = entry.partition(":")
            yield STYLES.get(name.strip(), ()), value.strip().removesuffix("%"), entry
        for name in given.get("class", "").split() if tag == "li" else ():
            if tile := TILE.fullmatch(name):
                yield ("class",), tile[1], f"class={name}"

    def _check_curve(self, tag: str, given: Mapping[str, str]) -> None:
        """A curve is the only picture that is drawn by coordinates: of its box and points each is the release's."""
        for name in CURVED & given.keys():
            parts = given[name].split() if name == "points" else [given[name]]
            self.n_numbers += len(parts)
            told = self.curve.get(given.get("class", tag), ())
            self.unexplained += [f"drawn: {tag} {name}={part}" for part in parts if part not in told]

    def handle_comment(self, data: str) -> None:
        """The first line says which release it is; whatever else is told in a comment is told behind the page."""
        if self.open:
            self.unexplained.append(f"a comment: {data}")

    def _check_drawn(self, measures: Sequence[str], value: str, place: str) -> None:
        self.n_numbers += 1
        told = [figure for name, figure in self._figures() if name in measures]
        within = 0.051 if place.startswith("--") else 0.0005
        if not any(abs(figure - float(value)) <= within for figure in told):
            self.unexplained.append(f"drawn: {place}, of {self.named}")


def _pattern(words: Words, text: str, told: Mapping[str, str]) -> str:
    """A phrase in a language, with a group for each number that it tells."""
    said = words.say(text, **{"names": "", **{name: f"<{measure}>" for name, measure in told.items()}})
    return re.sub(r"<(\w+)>", r"(?P<\1>[0-9]+(?:[.,][0-9]+)?(?:\\s?%)?)", re.escape(said.strip()))


@dataclass(frozen=True)
class Known:
    """What a release says of a page."""

    figures: Mapping[Key, Sequence[tuple[str, float]]]
    curve: Mapping[str, Set[str]]
    names: Mapping[str, str]
    words: Words


def known_of(connection: duckdb.DuckDBPyConnection, name: str, more: int = 0) -> Known:
    """What a release says of the page of that name, with so much more in every figure."""
    language = name.split(".")[-2]
    told = figures_of(connection, name, language).items()
    figures = {key: [(measure, value + more) for measure, value in of_key] for key, of_key in told}
    curve, names = curve_of(connection, name, more), names_of(connection, name, language)
    return Known(figures, curve, names, Words(language))


def walked(known: Known, text: str, *, to_the_first: bool = False) -> Told:
    """A page that was walked through, to its end or to the section of the first number that nobody can explain."""
    walk = Told(known.figures, known.curve, known.names, known.words)
    for section in re.split("(?=<section)", text):
        walk.feed(section)
        if to_the_first and walk.unexplained:
            break
    return walk


def figures_of(connection: duckdb.DuckDBPyConnection, page: str, language: str) -> dict[Key, list[tuple[str, float]]]:
    """What the release says of the round of a page, and of all rounds."""
    ((whole,),) = connection.execute(
        f"select distinct label_{language} from marts.dim_breakdown where breakdown = 'all'"
    ).fetchall()
    as_printed = Words(language).say(AS_PRINTED, document="*")
    of_rounds = connection.execute(FIGURES.format(language, whole, as_printed)).fetchall()
    rows: list[Any] = [row[2:] for row in of_rounds if page.startswith(f"{row[0]}.{row[1]}.")]
    rows += [*_of_days(connection, page, Words(language)), *_cited(connection, page, language, whole)]
    found: dict[Key, list[tuple[str, float]]] = defaultdict(list)
    for question, row, answer, (measure, value) in rows + connection.execute(OF_ALL.format(language, whole)).fetchall():
        if value is not None:
            found[question, row, answer].append((measure, float(value)))
    return found


def _of_days(connection: duckdb.DuckDBPyConnection, page: str, words: Words) -> Iterator[tuple[object, ...]]:
    measures = ("n_responses", "responses_so_far", "municipalities_so_far")
    for day, *values, _, _ in connection.execute(CURVE, [page]).fetchall():
        yield from (("", words.day(day), "", told) for told in zip(measures, values, strict=True))


def _cited(connection: duckdb.DuckDBPyConnection, page: str, language: str, whole: str) -> Iterator[tuple[object, ...]]:
    """The release in which a round last changed, and its year: told before the round is named and after it."""
    titles = connection.execute(f"select survey_id, round_id, title_{language} from marts.dim_round").fetchall()
    for *key, title in titles:
        change = last_changes(connection)[key[0], key[1]]
        if page.startswith(".".join([*key, ""])):
            yield from (("", whole, "", ("cited", value)) for value in (change.number, change.day.year))
            yield title, whole, "", ("cited", change.number)


def curve_of(connection: duckdb.DuckDBPyConnection, page: str, more: int = 0) -> dict[str, Set[str]]:
    """The points that a curve may have in each of its lines, a unit wide for each day, and what its box is."""
    rows = connection.execute(CURVE, [page]).fetchall()
    if not rows:
        return {}
    opens, closes = rows[0][-2:]
    width, whole = (closes - opens).days + 1, rows[-1][2] + more
    told: dict[str, Set[str]] = {"svg": {f"0 0 {width} {whole}"}, "g": {f"matrix(1 0 0 -1 0 {whole})"}}
    for line, column in (("line1", 2), ("line2", 3)):
        ends = [(0, 0), *(((row[0] - opens).days + 1, row[column]) for row in rows)]
        told[line] = {f"{day},{max(n for end, n in ends if end <= day) + more}" for day in range(width + 1)}
    return told


def names_of(connection: duckdb.DuckDBPyConnection, page: str, language: str) -> dict[str, str]:
    """What a page may name, with its kind; texts whose digits are no figures have none."""
    words = Words(language)
    texts = [words.say(str(each.id)) for each in read_catalogue("fi") if each.id and "{" not in str(each.id)]
    hashes = [name for (name,) in connection.execute(HASHES, [page, page]).fetchall() if name]
    named = sorted(connection.execute(NAMES.format(language)).fetchall(), key=lambda row: row[0] != "")
    legend = [f"{first}–{words.percent(last)}" for first, last in CLASSES]
    slides = [words.say("{document}, slide {slide}", document=document, slide=slide)
              for document, slide in connection.execute(SLIDES).fetchall() if slide]  # fmt: skip
    reasons = [text for (text,) in connection.execute(REASONS.format(language)).fetchall()]
    documents = [words.say(AS_PRINTED, document=name) for (name,) in connection.execute(DOCUMENTS).fetchall()]
    sentences = [text for (text,) in connection.execute(SENTENCES, [page, page]).fetchall()]
    other = [*texts, *hashes, *legend, *slides, *reasons, *(name for kind, name in named if name and not kind)]
    days = [day for (day,) in connection.execute(DAYS, [page] * 4).fetchall() if day]
    changed = [change.day for change in last_changes(connection).values()]
    return {
        **{text: "" for text in other if re.search(r"\d", text)},
        **{words.day(day): "" for day in (*days, *changed)},
        **{words.day(day): "day" for day, *_ in connection.execute(CURVE, [page]).fetchall()},
        **{name: kind for kind, name in named if name and kind},
        **dict.fromkeys((*documents, *sentences), "sentence"),
        **{text: "finding" for (text,) in connection.execute(FINDINGS, [language, page, page]).fetchall()},
    }
