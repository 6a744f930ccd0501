"""Commands to copy: a shell reads a name in them as the one word that it is."""

import shlex

from judder.text.visible import visible


def word(name: object) -> str:
    r"""Return name as a word of a shell's command line.

    >>> print(word("low"), word("fan [left]"), word("a\nb"))
    low 'fan [left]' $'a\nb'
    """
    text = str(name)
    if visible(text) == text:
        return shlex.quote(text)
    escaped = visible(text.replace("\\", "\\\\").replace("'", "\\'"))
    return f"$'{escaped}'"  # POSIX 2024, and bash and zsh long before
