"""What the server answers of who may do what, described."""

from judder.server.api.answers import Shape
from judder.server.storage import access


class Key(Shape):
    """A board's key, without the key itself."""

    id: int
    device: str
    made_us: int
    ends_us: int | None
    """When it ends because another took its place; null for never."""
    good: bool
    """Whether what is signed with it is taken."""
    revoked: bool


class Keys(Shape):
    keys: list[Key]


class NewKey(Key):
    key: str
    """64 hex digits: server.key of the board's config. Nobody is told it again."""


class Token(Shape):
    """A person's token, without the token itself."""

    id: int
    name: str
    role: str
    made_us: int


class Tokens(Shape):
    tokens: list[Token]


class NewToken(Token):
    token: str
    """Nobody is told it again."""


class Session(Shape):
    """Who asks."""

    name: str
    role: str
    """look, answer or administer."""
    needed: bool
    """Whether a token was needed."""


class Notes(Shape):
    audit: list[access.AuditRow]
