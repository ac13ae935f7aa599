/*
 * Lets a worker read `&copy;`: the parser's build for browsers decodes names through the page's `document`, which no
 * worker has, and the tools that build the pages offer no other. So here is as much of one as it asks for.
 */
import { characterEntities } from "character-entities";

class Decoder {
  textContent = "";

  set innerHTML(reference) {
    const name = reference.slice(1, -1);
    this.textContent = Object.hasOwn(characterEntities, name) ? characterEntities[name] : reference;
  }
}

self.document ??= { createElement: () => new Decoder() };
