/* One websocket that brings log lines, and comes back with its cursors after a lost connection. */

const FINAL = new Set([1000, 1008, 4400, 4401, 4404]);
const LONGEST_WAIT_MS = 10000;

/** Returns a function that ends the feed. `onState`: connecting, live, lost, ended, refused. */
export function feed(url, onLines, onState) {
  const cursors = {};
  let socket;
  let timer = 0;
  let tries = 0;
  let closed = false;
  let ended = false;
  const open = () => {
    const address = new URL(url, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    socket = new WebSocket(address);
    socket.onopen = () => {
      tries = 0;
      socket.send(JSON.stringify({ cursors }));
      onState("live");
    };
    socket.onmessage = (event) => {
      const batch = JSON.parse(event.data);
      Object.assign(cursors, batch.cursors);
      ended = batch.end;
      onLines(batch.lines);
    };
    socket.onclose = (event) => {
      if (closed) return;
      if (ended || FINAL.has(event.code)) return onState(ended || event.code === 1000 ? "ended" : "refused");
      onState("lost");
      timer = setTimeout(open, Math.min(LONGEST_WAIT_MS, 500 * 2 ** tries));
      tries += 1;
    };
  };
  onState("connecting");
  open();
  return () => {
    closed = true;
    clearTimeout(timer);
    socket.close(1000);
  };
}
