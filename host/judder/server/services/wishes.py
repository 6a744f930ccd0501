"""What may be asked of the server, over HTTP or MQTT: one model per wish, and the words for what is wrong.

A wish is checked here, in parse(), and nowhere else. Nothing is converted: "3" is no number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from judder.server.services.errors import Invalid
from judder.server.services.learnings import LEAST_WINDOWS, MOST_WINDOWS, WINDOWS

MOST_WANTED = 10**9
MOST_SHOWN = 200
"""Characters of a wrong value that its refusal repeats."""

W = TypeVar("W", bound="Wish")


@dataclass(frozen=True)
class Words:
    """How a wrong value is refused: "VALUE is no NOUN.", and a hint. On a field, or on a whole wish."""

    noun: str
    hint: str


class Wish(BaseModel):
    """words: of whatever is wrong and no field has words for. most_bytes: of its JSON. Keys that nobody knows
    are left out.
    """

    model_config = ConfigDict(strict=True, frozen=True)
    most_bytes: ClassVar[int] = 65_536
    words: ClassVar[Words] = Words("wish", "GET /api/v1/openapi.json says what may be asked.")

    @classmethod
    def refusal(cls, document: Mapping[str, Any], key: str | None) -> Invalid:
        """Return the sentence and the hint for key of document, which is wrong or missing; None: for all."""
        field = cls.model_fields.get(key or "")
        of_field = [each for each in field.metadata if isinstance(each, Words)] if field else []
        wrong, words = (document.get(key or ""), of_field[-1]) if of_field else (document, cls.words)
        return Invalid(f"{shown(wrong)} is no {words.noun}.", hint=words.hint)


class Change(Wish):
    """A wish to change something: a key that nobody knows is an error."""

    model_config = ConfigDict(extra="forbid")


def _whole(value: object) -> object:
    """Return 400 for 400.0: JSON does not tell them apart."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)


Condition = Annotated[
    str,
    Field(max_length=80, pattern=r"^\w[\w .+-]*(/\w[\w .+-]*)*$", examples=["low/normal"]),
    Words("condition", "Name it in letters and digits, such as low/normal."),
]


class RecordingWish(Wish):
    """A recording to start."""

    condition: Condition
    windows: Annotated[
        Annotated[int, Field(ge=1, le=MOST_WANTED), WHOLE] | None,
        Field(description="How many windows it wants; null for no end."),
        Words("number of windows", f"Give 1 to {MOST_WANTED}, or null."),
    ] = None
    device: Annotated[
        Annotated[str, Field(pattern=r"^[!-~]{1,80}$", examples=["020000000001"])] | None,
        Field(description="The only board it takes windows of; null for every board."),
        Words("board", "Give its device_id, or null for all."),
    ] = None
    resume: Annotated[
        bool,
        Field(description="Whether to go on with the last unfinished one of its condition and board."),
        Words("yes or no", "Give true or false."),
    ] = False


class RecordingChange(Change):
    """What to change of a recording: its name, its state, or the pose that windows get from now on."""

    words = Words("change", 'Send {"state": "stopped"}, {"condition": name} or {"pose": name}.')
    condition: Condition = "normal"
    state: Annotated[Literal["running", "stopped"], Field(description="Whether it takes windows.")] = (
        "running"
    )
    pose: Annotated[
        Annotated[str, Field(max_length=80, pattern=r"^\w[\w .+-]*$")] | None,
        Field(description="How the board hangs now; windows of one pose are kept together."),
        Words("pose", "Name it in letters and digits, such as pose-1."),
    ] = None


class LearningWish(Wish):
    """How many of a board's next windows become its normal."""

    windows: Annotated[
        int,
        Field(ge=LEAST_WINDOWS, le=MOST_WINDOWS),
        WHOLE,
        Words("number of windows", f"Give {LEAST_WINDOWS} to {MOST_WINDOWS}."),
    ] = WINDOWS


class ModelOrder(Change):
    """The model that a board is to fetch and run, by its id; null takes the order back."""

    words = Words("change", 'Send {"model": "NAME-XXXXXXXX"}.')
    model: Annotated[str, Field(min_length=1)] | None
    anyway: Annotated[bool, Field(description="Also where it would have alarmed in the last windows.")] = (
        False
    )


class GroupOrder(Change):
    """The boards that are to fetch and run the model: the first at once, the others once that has run it for
    a minute without an alarm.
    """

    words = Words("group", 'Send {"devices": ["020000000001", ...]}.')
    devices: Annotated[
        list[Annotated[str, Field(pattern=r"^[!-~]{1,80}$", examples=["020000000001"])]],
        Field(min_length=1, max_length=200),
    ]
    anyway: Annotated[bool, Field(description="Also where it would have alarmed in the last windows.")] = (
        False
    )


class NameWish(Change):
    """What a board is to be called here; null for the name in its config."""

    words = Words("change", 'Send {"name": "attic fan"}.')
    name: Annotated[
        Annotated[str, Field(max_length=80, pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*\S)?$")] | None,
        Words("name", "Name it in 1 to 80 characters, without line breaks."),
    ]


class Acknowledgement(Change):
    """Somebody has seen the alert."""

    words = Words("change", 'Send {"acknowledged": true}.')
    acknowledged: Literal[True]


class MessageChange(Change):
    """A message that could not be sent is to be tried again."""

    words = Words("change", 'Send {"again": true}.')
    again: Literal[True]


class ModelChange(Change):
    """The server is to judge with this model where a board asks."""

    words = Words("change", 'Send {"in_service": true}.')
    in_service: Literal[True]


class KeyWish(Change):
    """A key for a board."""

    words = Words("wish", 'Send {"device": MAC}.')
    device: Annotated[
        str,
        Field(pattern=r"^[0-9a-f]{12}$", examples=["020000000001"]),
        Words("board", "Give its MAC: 12 hex digits, small letters."),
    ]
    rotate: Annotated[
        bool,
        Field(description="Whether it takes the place of a key that there is, which is good a week longer."),
        Words("yes or no", "Give true or false."),
    ] = False


class TokenWish(Change):
    """A token for somebody."""

    words = Words("wish", 'Send {"name": NAME, "role": "look"}.')
    name: Annotated[
        str,
        Field(max_length=80, pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*\S)?$", examples=["anna"]),
        Words("name", "Give 1 to 80 visible characters, such as anna."),
    ]
    role: Annotated[
        Literal["look", "answer", "administer"],
        Field(description="What who has it may do: each may do what those before it may."),
        Words("role", "Give look, answer or administer."),
    ]


class Login(Change):
    """A token, for a cookie."""

    words = Words("login", 'Send {"token": TOKEN}.')
    token: Annotated[str, Field(max_length=200, examples=["x" * 43])]


def parse(kind: type[W], document: Mapping[str, Any]) -> W:
    """Return the wish in document, JSON that was read. Raises Invalid, which names the first thing wrong.

    >>> parse(LearningWish, {"windows": 60}).windows
    60
    >>> try:
    ...     parse(LearningWish, {"windows": True})
    ... except Invalid as error:
    ...     print(error, error.hint)
    True is no number of windows. Give 60 to 100000.
    """
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        where = error.errors(include_url=False)[0]["loc"]
        raise kind.refusal(document, str(where[0]) if where else None) from error


def shown(value: object) -> str:
    """Return a wrong value as its refusal repeats it.

    >>> shown("a" * 300)[-5:]
    'aa...'
    """
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."
