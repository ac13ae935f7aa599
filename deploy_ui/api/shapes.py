"""Shapes that several routes share."""

from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from deploy_ui.services.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page

T = TypeVar("T")

Whole = Annotated[int, Field(strict=True)]
"""A JSON number without a fraction: no text, no boolean."""
Number = Annotated[float, Field(strict=True)]


class Body(BaseModel):
    """What a client sends: an unknown name is a mistake, not to be passed over."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _whole_characters(cls, data: Any) -> Any:
        """Refuse lone surrogates, which JSON can spell and neither a database nor an answer can hold."""
        if not _encodable(data):
            raise PydanticCustomError("surrogate", "broken character")
        return data


def _encodable(data: object) -> bool:
    waiting = [data]
    while waiting:
        match waiting.pop():
            case str(text):
                if not text.isascii() and text.encode("utf-8", "ignore").decode() != text:
                    return False
            case list(items):
                waiting += items
            case dict(named):
                waiting += [*named, *named.values()]
    return True


class Listing(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(default=None, description="Give it as `cursor` to get the following page.")

    @classmethod
    def of(cls, page: Page[T]) -> "Listing[T]":
        """Return the page as the API shows it."""
        return cls.model_construct(items=page.items, next=page.next)

    @classmethod
    def whole(cls, items: list[T]) -> "Listing[T]":
        """Return a list that has no further page."""
        return cls.model_construct(items=items, next=None)


@dataclass(frozen=True)
class Paging:
    """Which page of which part of a list."""

    limit: Annotated[int, Query(ge=1, le=LARGEST_LIMIT)] = DEFAULT_LIMIT
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None
    search: Annotated[str, Query(description="A piece of the name, in any case.")] = ""
