// What a page hears: events through the worker that all pages of the browser share, or by itself where there is none;
// and what its sister pages tell. A hidden page holds no stream; what it missed it sees when it is shown.
"use strict";

(() => {
  const HERE_MS = 5000;
  const RETRY_MS = 2000;
  const { body } = document;
  const staleMs = Number(body.dataset.staleSeconds) * 1000;
  const visible = () => document.visibilityState === "visible";

  // --- Sister pages ---------------------------------------------------------------------------------------

  const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("uketsuke") : null;
  const tellSisters = (words) => channel?.postMessage(words);
  // The form of the sign-in is shown to nobody who is signed in: whoever sees it has signed out everywhere here.
  const atSignIn = body.classList.contains("page-sign-in");
  if (atSignIn) tellSisters("signed_out");
  const whenSistersTell = (act) => {
    channel?.addEventListener("message", ({ data }) => {
      if (data === "changed") act();
    });
  };
  channel?.addEventListener("message", ({ data }) => {
    if (data === "signed_out" && !atSignIn) location.assign(body.dataset.signIn);
  });

  // --- The line -------------------------------------------------------------------------------------------

  // Both kinds have `here()`, to be called now and then, `again()` for a line that seems dead, and `gone()`.
  const shared = (told) => {
    let port = null;
    const say = (words) => port?.postMessage(words);
    const here = () => say({ visible: visible(), events: body.dataset.events, staleMs });
    const connect = () => {
      const worker = new SharedWorker(body.dataset.line, { name: body.dataset.session });
      port = worker.port;
      port.addEventListener("message", ({ data }) => told(data));
      port.start();
      here();
      return worker;
    };
    const gone = () => {
      say({ gone: true });
      port?.close();
      port = null;
    };
    const worker = connect();
    return {
      here: () => (port ? here() : connect()),
      gone,
      again: () => {
        gone();
        connect();
      },
      failed: (act) => worker.addEventListener("error", act),
    };
  };
  const alone = (told) => {
    let source = null;
    const gone = () => {
      source?.close();
      source = null;
    };
    const hear = (event) => told({ heard: Date.now(), seq: Number(event.lastEventId || 0) });
    const open = () => {
      gone();
      source = new EventSource(body.dataset.events);
      for (const kind of ["open", "beat", "snapshot", "event"]) source.addEventListener(kind, hear);
      source.addEventListener("error", () => {
        if (source?.readyState !== EventSource.CLOSED) return;
        told({ refused: true });
        setTimeout(here, RETRY_MS);
      });
    };
    const here = () => {
      if (!visible()) gone();
      else if (!source || source.readyState === EventSource.CLOSED) open();
    };
    here();
    return { here, gone, again: open };
  };

  // Follows the events: `told` hears { heard, seq } or { refused }, `shown` that the page came into sight.
  const follow = (told, shown) => {
    let line = null;
    try {
      line = "SharedWorker" in globalThis ? shared(told) : alone(told);
      line.failed?.(() => {
        line = alone(told); // the worker's script did not come
      });
    } catch {
      line = alone(told); // forbidden here
    }
    document.addEventListener("visibilitychange", () => {
      line.here();
      if (visible()) shown();
    });
    addEventListener("pagehide", () => line.gone());
    addEventListener("pageshow", ({ persisted }) => {
      if (!persisted) return;
      line.here();
      shown();
    });
    setInterval(() => {
      if (visible()) line.here();
    }, HERE_MS);
    return { again: () => line.again() };
  };

  Object.assign(Uketsuke, { follow, tellSisters, visible, whenSistersTell });
})();
