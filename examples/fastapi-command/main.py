"""Finds the words that a text is about. A plain FastAPI program: it knows nothing of where it runs."""

import re
from collections import Counter

from fastapi import FastAPI
from pydantic import BaseModel, Field

# fmt: off
COMMON = {
    "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "because", "been", "but",
    "by", "can", "could", "do", "does", "for", "from", "had", "has", "have", "he", "her", "his", "how", "i", "if",
    "in", "into", "is", "it", "its", "just", "like", "may", "more", "most", "my", "no", "not", "of", "on", "one",
    "or", "other", "our", "out", "over", "said", "she", "should", "so", "some", "such", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "those", "to", "up", "us", "was", "we", "were",
    "what", "when", "where", "which", "who", "will", "with", "would", "you", "your",
}
# fmt: on
app = FastAPI(title="Keywords")


class Text(BaseModel):
    text: str = Field(max_length=100_000, examples=["The cat sat on the mat. The cat was happy."])
    most: int = Field(default=5, ge=1, le=100, description="How many keywords to return at most")


class Keyword(BaseModel):
    word: str
    count: int


@app.post("/keywords")
def keywords(text: Text) -> list[Keyword]:
    words = (word for word in re.findall(r"\w+", text.text.lower()) if word not in COMMON and len(word) > 1)
    return [Keyword(word=word, count=count) for word, count in Counter(words).most_common(text.most)]


@app.get("/healthz")
def healthz() -> dict[str, bool]:
    return {"ready": True}
