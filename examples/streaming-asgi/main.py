"""Writes text word by word and sends each word as soon as it is there, as language models do (server-sent events)."""

import asyncio
import json
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

SECONDS_A_WORD = 0.03
MOST_WORDS = 500
followers: dict[str, list[str]] = defaultdict(list)
"""Which words follow a word in the text we learn from."""


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    learn(Path("text.txt"))
    yield


def learn(text: Path) -> None:
    words = text.read_text().split()
    for word, follower in pairwise(words):
        followers[word].append(follower)
    print(f"Learnt from {len(words)} words.")


async def generate(request: Request) -> StreamingResponse | JSONResponse:
    try:
        wish = await request.json()
        prompt, count, seed = str(wish.get("prompt", "")), int(wish.get("words", 40)), wish.get("seed")
    except (ValueError, TypeError, AttributeError):
        return JSONResponse({"error": 'send {"prompt": "…", "words": 40}'}, status_code=422)
    chance = random.Random(str(seed)) if seed is not None else random.Random()
    return StreamingResponse(events(prompt, min(count, MOST_WORDS), chance), media_type="text/event-stream")


async def events(prompt: str, count: int, chance: random.Random) -> AsyncIterator[str]:
    word = (prompt.split() or [""])[-1]
    for number in range(count):
        word = chance.choice(followers.get(word) or list(followers))
        yield f"data: {json.dumps({'number': number, 'word': word})}\n\n"
        await asyncio.sleep(SECONDS_A_WORD)
    yield "event: end\ndata: {}\n\n"


app = Starlette(routes=[Route("/generate", generate, methods=["POST"])], lifespan=lifespan)
