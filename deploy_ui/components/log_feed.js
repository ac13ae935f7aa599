/* One websocket that brings log lines, and comes back with its cursors after a lost connection. */

const FINAL = new Set([1000, 1008, 4400, 4401, 4404]);
const LONGEST_WAIT_MS = 10000;
export const TAIL = 10000;
export const LONGEST_TAIL = 100000;
const OLDER = 2000;

/** `on`: lines(rows), older(rows, more), missing(), state(connecting, live, lost, ended or refused). */
export class LogFeed {
  constructor(url, { around = "", tail = TAIL }, on) {
    Object.assign(this, { url, around, tail, on, cursors: {}, tries: 0, timer: 0, closed: false, ended: false });
    on.state("connecting");
    this.open();
  }

  open() {
    const address = new URL(this.url, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.socket = new WebSocket(address);
    this.socket.onopen = () => this.greet();
    this.socket.onmessage = (event) => this.take(JSON.parse(event.data));
    this.socket.onclose = (event) => this.leave(event.code);
  }

  greet() {
    this.tries = 0;
    this.socket.send(JSON.stringify({ cursors: this.cursors, tail: this.tail, around: this.around || undefined }));
    this.on.state("live");
  }

  take(batch) {
    if (batch.missing) this.on.missing();
    if (batch.older) return this.on.older(batch.older, batch.more);
    Object.assign(this.cursors, batch.cursors);
    if (Object.keys(this.cursors).length) this.around = ""; // after a lost connection it goes on, not back
    this.ended = Boolean(batch.end);
    return this.on.lines(batch.lines ?? []);
  }

  leave(code) {
    if (this.closed) return;
    if (this.ended || FINAL.has(code)) {
      this.on.state(this.ended || code === 1000 ? "ended" : "refused");
      return;
    }
    this.on.state("lost");
    this.timer = setTimeout(() => this.open(), Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.tries));
    this.tries += 1;
  }

  /** Asks for what was written before these cursors; returns false where nobody can be asked now. */
  askOlder(cursors) {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify({ older: cursors, limit: OLDER }));
    return true;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.close(1000);
  }
}
