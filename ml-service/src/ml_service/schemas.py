"""The contract of the second hop. `openapi.json` is generated from it, and the TypeScript client from that."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ml_service.errors import ErrorCode

MAX_TEXT_CHARS = 100_000
MAX_QUERY_CHARS = 1_000
MAX_TEXTS = 64
MAX_MARKS = 50


def _whole(number: object) -> object:
    """JSON has one kind of number: 5.0 is a whole one."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _readable(text: str) -> str:
    if "\0" in text:
        message = "must not contain null bytes"
        raise ValueError(message)
    if not text.strip():
        message = "must not be blank"
        raise ValueError(message)
    return text


Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT_CHARS), AfterValidator(_readable)]
Query = Annotated[str, StringConstraints(min_length=1, max_length=MAX_QUERY_CHARS), AfterValidator(_readable)]
Count = Annotated[int, Field(ge=1, le=MAX_MARKS), BeforeValidator(_whole)]


class Request(BaseModel):
    """Requests refuse what they do not know, and "5" where 5 belongs: a misspelt option must not be ignored."""

    model_config = ConfigDict(extra="forbid", strict=True)


class EmbeddingsRequest(Request):
    """Texts to embed, each truncated at the model's 256 tokens."""

    texts: Annotated[list[Text], Field(min_length=1, max_length=MAX_TEXTS)]


class HighlightsRequest(Request):
    """A text whose key sentences are wanted."""

    text: Text
    count: Count = 5
    diversity: Annotated[float, Field(ge=0, le=1, description="0: only relevance counts. 1: only difference.")] = 0.3


class SearchRequest(Request):
    """A text to search by meaning."""

    query: Query
    text: Text
    count: Count = 5


class Reply(BaseModel):
    """What every reply says of where it came from."""

    model: Annotated[str, Field(description="Name and version: results of different models must not be compared.")]


class Mark(BaseModel):
    """A stretch of the text. `text.slice(start, end)` in JavaScript is exactly `text` here."""

    text: str
    start: Annotated[int, Field(description="In UTF-16 code units.")]
    end: Annotated[int, Field(description="In UTF-16 code units, exclusive.")]
    score: Annotated[float, Field(description="Cosine similarity, -1 to 1.")]


class EmbeddingsReply(Reply):
    """One vector of length 1 a text, in the order of the texts."""

    embeddings: list[list[float]]


class HighlightsReply(Reply):
    """Key sentences in the order of the text."""

    sentences: Annotated[int, Field(description="How many sentences the text has.")]
    highlights: list[Mark]


class SearchReply(Reply):
    """Passages, best first."""

    sentences: Annotated[int, Field(description="How many sentences the text has.")]
    passages: list[Mark]


class ErrorBody(BaseModel):
    """One failure, in the words of the table that both hops share."""

    code: ErrorCode
    message: str
    field: Annotated[str | None, Field(description="The input field that is wrong.")]
    retryAfterMs: Annotated[int | None, Field(description="How long to wait; also sent as Retry-After.")]  # noqa: N815 -- the wire's name


class ErrorReply(BaseModel):
    """The body of every reply that is not 200."""

    error: ErrorBody
