"""Shapes that several routes share."""

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from deploy_ui.services.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page

T = TypeVar("T")

Whole = Annotated[int, Field(strict=True)]
"""A JSON number without a fraction: no text, no boolean."""
Number = Annotated[float, Field(strict=True)]


class Body(BaseModel):
    """What a client sends: an unknown name is a mistake, not to be passed over."""

    model_config = ConfigDict(extra="forbid")


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
