"""The colours of pages can be told apart and written on: in light, in the dark and in print."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from publish.writing.rendering import TEMPLATES

STYLES = "".join(file.read_text(encoding="utf-8") for folder in TEMPLATES for file in sorted(folder.glob("*.css")))
BLOCK = re.compile(r"@media ([^{]+) {\s*:root {([^}]*)}|^:root {([^}]*)}", re.MULTILINE)
COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")
SHOWN = {"light": {""}, "dark": {"", "screen and (prefers-color-scheme: dark)"}, "print": {"", "print"}}
TEXT, MARK = 4.5, 3.0
TEXTS = ("ink", "quiet", "accent")
MARKS = ("ink", "accent", "edge")  # of lines, bars, dots, and around every colour of a scale or a tile


def palette(styles: str, where: str) -> Mapping[str, str]:
    """The colours in one of SHOWN, by name: a later block wins."""
    found: dict[str, str] = {}
    for medium, of_medium, of_all in BLOCK.findall(styles):
        if medium in SHOWN[where]:
            found |= dict(COLOUR.findall(of_medium or of_all))
    return found


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """As WCAG defines it: 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def faults(styles: str, where: str) -> list[str]:
    """Pairs of colours whose contrast is too small."""
    colours = palette(styles, where)
    grounds = [name for name in colours if f"{name}-ink" in colours]
    pairs = [
        *((f"{name}-ink", name, TEXT) for name in grounds),
        *((name, "paper", TEXT) for name in TEXTS),
        *((name, "paper", MARK) for name in MARKS),
    ]
    return [f"{one} on {other}" for one, other, least in pairs if contrast(colours[one], colours[other]) < least]


@pytest.mark.parametrize("where", SHOWN)
def test_colours_have_contrast(where: str) -> None:
    assert faults(STYLES, where) == []
    assert sum(name.endswith("-ink") for name in palette(STYLES, where)) == 11


@pytest.mark.parametrize(
    ("where", "colour", "wrong"),
    [("light", "--edge: #5d6675", "--edge: #d5dae2"), ("dark", "--t4-ink: #111", "--t4-ink: #fff"),
     ("print", "--quiet: #444", "--quiet: #aaa")],
)  # fmt: skip
def test_a_colour_that_is_too_faint_is_seen(where: str, colour: str, wrong: str) -> None:
    assert colour in STYLES
    assert len(faults(STYLES.replace(colour, wrong), where)) == 1


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.005)
