// Asks the server, with a limit of time and a word for whatever goes wrong; the first script of every page.
//
// A command has an id, and as long as nobody knows what became of it the same press sends the same command again:
// the server carries out one id once. Forms and links that leave the page wait until the server answers at all, so
// that nobody stands before a page of the browser with what they typed gone.
"use strict";

const Uketsuke = {};

(() => {
  const WAITING_MS = 1500; // what is not answered by then is said to be on its way
  const { body } = document;
  const limitMs = Number(body.dataset.answerSeconds) * 1000;
  const TROUBLES = {
    no_answer: body.dataset.noAnswer,
    no_connection: body.dataset.noConnection,
    not_available: body.dataset.notAvailable,
    not_saved: body.dataset.notSaved,
    not_opened: body.dataset.notOpened,
  };

  // --- Ids: made here where the page did not bring one ----------------------------------------------------

  // crypto.randomUUID needs HTTPS, and a counter's closed network may have none.
  const newId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  // --- Words ----------------------------------------------------------------------------------------------

  const line = (key, words, kind, role) => {
    const said = document.createElement("p");
    said.className = `banner banner-${kind}`;
    said.setAttribute("role", role);
    said.dataset.banner = key;
    said.textContent = words;
    document.getElementById("banner").replaceChildren(said);
  };
  const banner = () => document.querySelector("#banner [data-banner]")?.dataset.banner ?? "";
  const tellTrouble = (key) => {
    if (banner() !== key) line(key, TROUBLES[key], "error", "alert");
  };
  const inTrouble = () => banner() in TROUBLES;
  const tellWaiting = () => line("waiting", body.dataset.waiting, "care", "status");
  const tellAgain = () => line("again", body.dataset.again, "done", "status");
  // Says that an answer is awaited where it takes long; the function that it gives ends that.
  const patiently = () => {
    const timer = setTimeout(tellWaiting, WAITING_MS);
    return () => {
      clearTimeout(timer);
      if (banner() === "waiting") document.getElementById("banner").replaceChildren();
    };
  };

  // --- Asking ---------------------------------------------------------------------------------------------

  // Its name is the key of the words.
  class TroubleError extends Error {}

  const limited = async (work) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), limitMs);
    try {
      return await work(controller.signal);
    } catch (error) {
      if (error instanceof TroubleError) throw error;
      throw new TroubleError(controller.signal.aborted ? "no_answer" : "no_connection");
    } finally {
      clearTimeout(timer);
    }
  };

  // Sends a form's body, or only asks where there is none; gives the response and its text.
  const ask = (address, form) =>
    limited(async (signal) => {
      const response = await fetch(address, {
        method: form === undefined ? "GET" : "POST",
        body: form === undefined ? undefined : new URLSearchParams(form),
        headers: { "X-Fragment": "page", "X-Have": Uketsuke.versions(), "X-View": location.search },
        credentials: "same-origin",
        cache: "no-store",
        signal,
      });
      if (response.status === 401) {
        location.assign(body.dataset.signIn);
        return new Promise(() => {});
      }
      if (response.headers.get("X-Fragment") !== "page") throw new TroubleError("not_available");
      return { response, html: await response.text() };
    });

  // --- Commands whose end nobody knows --------------------------------------------------------------------

  const OF_THE_SENDING = new Set(["csrf", "request_id", "seen"]);
  const open = new Map(); // what was pressed, as a key, to the body that was sent for it
  const keyOf = (address, fields) =>
    `${address}?${new URLSearchParams(Array.from(fields).filter(([name]) => !OF_THE_SENDING.has(name)))}`;
  const unanswered = {
    body: (address, fields) => open.get(keyOf(address, fields)),
    keep: (address, fields) => {
      const sent = String(new URLSearchParams(fields));
      open.set(keyOf(address, fields), sent);
      return sent;
    },
    forget: (address, fields) => open.delete(keyOf(address, fields)),
  };

  // --- Leaving the page: by a form without `data-live`, or by a link ---------------------------------------

  let going = false;
  const sure = new WeakSet();
  const knock = () =>
    limited(async (signal) => {
      const response = await fetch(body.dataset.health, { cache: "no-store", signal });
      if (!response.ok) throw new TroubleError("not_available");
    });
  // A file that is taken away leaves the page where it is: `data-download` at its button.
  const leave = async (go, stays = false) => {
    if (going) return;
    going = true;
    const answered = patiently();
    try {
      await knock();
    } catch {
      answered();
      going = false;
      tellTrouble("not_opened");
      return;
    }
    go();
    if (stays) {
      answered();
      going = false;
      return;
    }
    setTimeout(() => {
      answered();
      window.stop(); // the page stays, with all that was typed
      going = false;
      tellTrouble("not_opened");
    }, limitMs);
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || sure.delete(form)) return;
    event.preventDefault();
    const { submitter } = event;
    leave(() => {
      sure.add(form);
      form.requestSubmit(submitter);
    }, submitter?.dataset.download !== undefined);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href]:not([href^="#"])');
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    leave(() => location.assign(link.href));
  });
  addEventListener("pageshow", () => {
    going = false;
  });

  Object.assign(Uketsuke, {
    TroubleError, ask, inTrouble, newId, patiently, tellAgain, tellTrouble, unanswered,
  });
})();
