"""A sign that one suggestion may be about two matters (一事一议; message 6): for the clerk to look at, never a refusal.

Pieces are the points, or the sentences of the request, and the halves of the title. Each is held against the words of
the category tree; words that stand under several top categories say nothing. A point or sentence speaks of a category
when it holds one whole word of the tree or two parts of such words; half a title needs only one. Two pieces that speak
of one category each, and not of the same, are the sign. Nothing is guessed: who reads the reason can check it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from portal.congress.pack import Category

ONE_MATTER = "一件建议只写一件事，请分成两件提交。"
SENTENCE = re.compile(r"[。；！？\n]+")
NAMES = re.compile(r"[、和／/]")
HALVES = re.compile(r"以及|[和、，并]")
PART = 2
"""Longer words of the tree are made of parts of two characters: 园林绿化."""


@dataclass(frozen=True)
class Sign:
    """Which piece sounds like which category."""

    pieces: tuple[tuple[str, str], ...]

    @property
    def reason(self) -> str:
        """第1点像“交通运输”，第3点像“教育”."""
        return "，".join(f"{piece}像“{category}”" for piece, category in self.pieces)


def sign_of(suggestion: Any) -> Sign | None:
    """What makes the item look like two matters, or None."""
    texts = [point.text for point in suggestion.points]
    called = "第{}点" if texts else "建议的第{}句"
    texts = texts or [one for one in SENTENCE.split(suggestion.request) if one.strip()]
    tree = tuple(suggestion.pack.categories)
    return _two(tree, {called.format(at): text for at, text in enumerate(texts, 1)}, weakest=PART) or _two(
        tree, {f"标题的第{at}部分": text for at, text in enumerate(HALVES.split(suggestion.title), 1)}, weakest=1
    )


def _two(tree: tuple[Category, ...], pieces: Mapping[str, str], weakest: int) -> Sign | None:
    found: dict[str, str] = {}
    for piece, text in pieces.items():
        category = _category(_words(tree), text, weakest)
        if category and category not in found.values():
            found[piece] = category
    return Sign(tuple(found.items())) if len(found) > 1 else None


def _category(words: Mapping[str, tuple[str, int]], text: str, weakest: int) -> str | None:
    """The one category that the text speaks of; None when it speaks of none, of several, or too faintly."""
    heard = [weight for word, weight in words.items() if word in text]
    if len({category for category, _ in heard}) != 1 or sum(weight for _, weight in heard) < weakest:
        return None
    return heard[0][0]


@lru_cache(maxsize=8)
def _words(tree: Sequence[Category]) -> Mapping[str, tuple[str, int]]:
    """Each word that stands under one top category alone: its name, and how much the word says."""
    said: dict[str, set[str]] = {}
    whole = set()
    for top in tree:
        for name in (top.name, *(name for _, name in top.children)):
            for word in NAMES.split(name):
                whole.add(word)
                for one in (word, *_parts(word)):
                    said.setdefault(one, set()).add(top.name)
    alone = {word: tops for word, tops in said.items() if len(tops) == 1 and len(word) >= PART}
    return {word: (next(iter(tops)), PART if word in whole else 1) for word, tops in alone.items()}


def _parts(word: str) -> Iterable[str]:
    return (word[at : at + PART] for at in range(0, len(word) - 1, PART)) if len(word) > PART else ()
