// A worker that all pages of one browser share: it keeps the one stream of events for them.
//
// A browser opens six connections to a server and no more; a stream of its own for every tab would leave none for
// a click in the seventh. The stream is open while a page is in sight, and only then.
"use strict";

const RETRY_MS = 2000;
const LOOK_MS = 1000;
const SILENT_MS = 15000; // a page that says nothing for so long is gone, or asleep
const pages = new Map(); // the port of each page, to when it was last in sight; 0 where it is hidden
let source = null;
let address = "";
let staleMs = Infinity;
let heard = 0; // when the server was last heard, whatever was tried since
let opened = 0;
let seq = 0;
let closedUntil = 0;

const inSight = (seen) => Date.now() - seen < SILENT_MS;
const tell = (words) => {
  for (const [port, seen] of pages) {
    if (inSight(seen)) port.postMessage(words);
  }
};
const hear = (event) => {
  heard = Date.now();
  if (event.lastEventId) seq = Math.max(seq, Number(event.lastEventId));
  tell({ heard, seq });
};
const close = () => {
  source?.close();
  source = null;
};
const open = () => {
  close();
  opened = Date.now();
  source = new EventSource(address);
  for (const kind of ["open", "beat", "snapshot", "event"]) source.addEventListener(kind, hear);
  source.addEventListener("error", () => {
    // A refused stream does not come back by itself: perhaps the sign-in has ended, which a page finds out.
    if (source?.readyState !== EventSource.CLOSED) return;
    close();
    closedUntil = Date.now() + RETRY_MS;
    tell({ refused: true });
  });
};
const look = () => {
  if (!Array.from(pages.values()).some(inSight)) close();
  else if (!source) {
    if (Date.now() >= closedUntil) open();
  } else if (Date.now() - Math.max(heard, opened) > staleMs) open(); // a line that died silently is opened anew
};

addEventListener("connect", ({ ports: [port] }) => {
  port.addEventListener("message", ({ data }) => {
    if (data.gone) pages.delete(port);
    else {
      address = data.events;
      staleMs = data.staleMs;
      const before = pages.get(port) ?? 0;
      pages.set(port, data.visible ? Date.now() : 0);
      // Who comes into sight hears at once how far the others are; a line that was only opened has told nothing yet.
      if (data.visible && !inSight(before) && source && Date.now() - heard < staleMs) port.postMessage({ heard, seq });
    }
    look();
  });
  port.start();
});
setInterval(look, LOOK_MS);
