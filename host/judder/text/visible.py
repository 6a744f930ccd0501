"""Names that people or boards gave, written so that they can be read and cannot act."""

import re

# Controls (ESC begins what moves a cursor or sets a title), line separators, embeddings and overrides of
# direction (they reorder what stands behind them), and halves of characters: bytes of a file name that are no
# UTF-8. Marks that only shape their neighbours, as U+200D does in emoji, stay.
_ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_RUN = re.compile(f"[{_RIGHT_TO_LEFT}](?:[^\n]*[{_RIGHT_TO_LEFT}])?")
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def visible(text: str) -> str:
    r"""Return text with each character that would act on a terminal written as Python writes it.

    All else stays as it is, backslashes, brackets and right-to-left text too.

    >>> print(visible("fan\n[left] \x1b[31mred"))
    fan\n[left] \x1b[31mred
    """
    return _ACTING.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def isolated(text: str) -> str:
    """Return text with its right-to-left part fenced off, so that the figures behind it stay behind it.

    Text is visible()'s. Source: Unicode Standard Annex 9, explicit directional isolates.
    """
    return _RUN.sub(lambda run: f"{_FIRST_STRONG_ISOLATE}{run[0]}{_POP_ISOLATE}", text)
