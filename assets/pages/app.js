// Keeps a clerk or staff page live. Without scripts every form still works, by loading the page again.
//
// The server draws the page; this script only asks for what has changed (`data-panel`) when the event stream says that
// something happened, sends forms without leaving the page, and has the answer put in place.
// What somebody is doing is kept: the focus, open lists, a search, and ticks that are not saved yet.
// ask.js knows how to ask and what to say when nothing comes, parts.js what is put in place, press.js what is held down,
// live.js what happens, keys.js keys, find.js the search, flaws.js the marks of documents, tabs.js whose documents are shown,
// drawer.js who waits, dialogs.js questions before what cannot be undone, clock.js the time.
"use strict";

(() => {
  const { TroubleError, ask, isHeld, newId, patiently, released, tellTrouble, unanswered, visible } = Uketsuke;
  const { fieldsOf, keepFlaws, readClock, serverNow, showTimes } = Uketsuke;
  const DEBOUNCE_MS = 50;
  const RETRY_MS = 2000;
  const SLOW_MS = 250; // a tick that is not answered by then is said to be on its way
  const body = document.body;
  const panelUrl = body.dataset.panel;
  const staleMs = Number(body.dataset.staleSeconds) * 1000;
  document.documentElement.classList.add("js");

  const find = (id) => document.getElementById(id);

  // --- Putting an answer in place -------------------------------------------------------------------------

  let said = "";
  const say = () => {
    const source = document.querySelector("[data-say]");
    const words = source ? source.dataset.say : "";
    if (words !== said) find("say").textContent = words;
    said = words;
  };

  const unsaved = () => {
    const form = find("checklist");
    return form ? { card: form.dataset.case, fields: fieldsOf(form) } : null;
  };
  const applyTicks = (kept) => {
    const form = find("checklist");
    if (!form || !kept || form.dataset.case !== kept.card) return;
    for (const box of form.querySelectorAll("input[type=checkbox]")) {
      box.checked = kept.fields.getAll(box.name).includes(box.value);
    }
  };

  const remember = () => ({
    focus: document.activeElement && document.activeElement.id,
    visitor: find("page").dataset.visitor,
    open: Array.from(document.querySelectorAll("#page details[id]"), (item) => [item.id, item.open]),
    found: Array.from(document.querySelectorAll("#page [data-find-in]"), (item) => [item.id, item.value, item.selectionStart]),
    scrolled: Array.from(document.querySelectorAll("#page [data-scroll]"), (item) => [item.id, item.scrollTop]),
  });
  const restore = (kept) => {
    for (const [id, open] of kept.open) {
      if (find(id)) find(id).open = open;
    }
    for (const [id, value, place] of kept.found) {
      const input = find(id);
      if (!input || !value) continue;
      const anew = input.value !== value;
      input.value = value;
      Uketsuke.filter(input);
      if (anew && kept.focus === id) input.setSelectionRange(place, place);
    }
    for (const [id, top] of kept.scrolled) {
      if (find(id)) find(id).scrollTop = top;
    }
    const before = kept.focus && find(kept.focus);
    const same = kept.visitor === find("page").dataset.visitor;
    if (!same) scrollTo(0, 0);
    if (before && !before.disabled) before.focus({ preventScroll: true });
    else if (kept.focus || !same) document.querySelector("[data-focus]")?.focus({ preventScroll: true });
  };

  // A question stands in a dialog over the page; news redraw the page below it and leave it open.
  const showGuide = (next) => {
    const place = find("guide-place");
    if (!place) return;
    find("guide")?.close();
    place.replaceChildren();
    if (!next) return;
    next.removeAttribute("open");
    place.append(next);
    next.addEventListener("cancel", (event) => {
      event.preventDefault();
      closeGuide();
    });
    next.showModal();
    next.querySelector("[data-guide-focus]")?.focus();
  };
  const closeGuide = () => {
    const card = find("guide")?.dataset.ofCard;
    showGuide(null);
    // Back to where it was opened: the questions, or the search for the card that it was about.
    const searches = Array.from(document.querySelectorAll('[id^="tie"] [name="case_id"]'));
    const search = card === undefined ? null : searches.find((one) => one.value === card)?.closest("[data-ask]");
    (search?.querySelector("summary") ?? find("do-guide"))?.focus({ preventScroll: true });
  };

  // An answer is what has changed since it was asked for: where the page was drawn meanwhile, it is asked for once more.
  let drawn = 0;
  const askFor = async (address, fields) => {
    const shown = drawn;
    const { response, html } = await ask(address, fields);
    const answer = new DOMParser().parseFromString(html, "text/html");
    return { response, answer, isOfThisPage: () => shown === drawn };
  };
  const put = ({ answer, isOfThisPage }, { banner, page: whole = true }) => {
    if (banner && answer.getElementById("banner")) find("banner").replaceWith(answer.getElementById("banner"));
    const page = answer.getElementById("page");
    if (!page || !whole) return;
    if (page.dataset.office !== document.body.dataset.office) {
      location.reload(); // the office was changed in another window: nothing of this page belongs to it
      return;
    }
    if (!isOfThisPage()) {
      wanted = true;
      return;
    }
    drawn += 1;
    const kept = remember();
    left = Uketsuke.placePage(page, banner);
    restore(kept);
    if (find("checklist") && saved === version) Uketsuke.showSaved(find("checklist"));
    if (banner) showGuide(answer.getElementById("guide"));
    readClock();
    showTimes();
    Uketsuke.showKeys();
    Uketsuke.showTabs();
    Uketsuke.showDrawer();
    say();
  };

  // --- Drawing the page anew ------------------------------------------------------------------------------

  let busy = ""; // the address of the command that is on its way
  let asking = false; // the page is being asked for
  let wanted = false; // the page should be drawn anew as soon as nothing is on its way
  let left = false; // something could not be changed because somebody is typing in it
  let version = 0; // of the ticks on the screen
  let saved = 0; // the version that the server has
  let saving = null; // the promise of the save that is on its way
  const settled = () => !busy && !saving && saved === version && !isHeld();

  let heard = Date.now();
  let behind = false; // the last drawing failed
  let staleAt = 0;
  const showStale = () => {
    const left = heard + staleMs - Date.now();
    find("stale").hidden = !behind && left >= 0;
    clearTimeout(staleAt);
    if (left >= 0) staleAt = setTimeout(showStale, left + 1); // to the moment, not when the next look is due
  };
  const refresh = async () => {
    if (asking || !settled() || !visible()) {
      wanted = true;
      if (isHeld()) released().then(refreshSoon);
      return;
    }
    wanted = false;
    asking = true;
    try {
      const asked = await askFor(panelUrl);
      const { response } = asked;
      behind = !response.ok;
      if (behind || !settled()) {
        wanted = true;
        if (isHeld()) released().then(refreshSoon);
      }
      if (wanted) return;
      put(asked, { banner: false });
      if (Uketsuke.inTrouble()) Uketsuke.tellAgain();
    } catch {
      behind = true;
      wanted = true;
    } finally {
      asking = false;
      showStale();
    }
  };
  let timer = 0;
  const refreshSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, DEBOUNCE_MS);
  };

  // --- Saving ticks ---------------------------------------------------------------------------------------

  let pending = null; // what was sent and is not answered: it is sent again as it was, whatever was ticked since
  const toSave = (form) => {
    const fields = fieldsOf(form);
    fields.set("request_id", newId());
    return { card: form.dataset.case, address: form.action, fields: String(new URLSearchParams(fields)), version };
  };
  const saveOnce = async () => {
    const form = find("checklist");
    if (!form) {
      saved = version;
      pending = null;
      return;
    }
    if (pending?.card !== form.dataset.case) pending = toSave(form);
    const sent = pending;
    const asked = await askFor(sent.address, sent.fields);
    const { answer, response } = asked;
    if (response.status >= 500) {
      put(asked, { banner: true, page: false });
      throw new TroubleError("said");
    }
    pending = null;
    const stale = answer.querySelector('[data-banner="error.stale_check"]') !== null;
    if (sent.version === version) {
      saved = sent.version;
      await released();
    }
    if (sent.version !== version) {
      // Ticked on meanwhile: the next save draws the page. A stale page stays stale until all of it is answered.
      const seen = Uketsuke.inAnswer(answer, "seen");
      if (seen && response.ok) find("seen").value = seen.value;
      return;
    }
    const kept = response.ok || stale ? null : unsaved();
    put(asked, { banner: true });
    applyTicks(kept);
    Uketsuke.tellSisters("changed");
  };
  // The answer on the screen is that of before as long as a tick is not saved.
  const markUnsaved = () => {
    const waiting = saved !== version;
    find("verdict")?.classList.toggle("verdict-waiting", waiting);
    find("verdict")?.setAttribute("aria-busy", String(waiting));
  };
  let again = 0; // the timer of the next try; one, however often it was pressed meanwhile
  const save = () => {
    if (saved === version) return saving ?? Promise.resolve(); // what ends before it is noted would be on its way for ever
    clearTimeout(again);
    saving ??= (async () => {
      const slow = setTimeout(markUnsaved, SLOW_MS);
      try {
        while (saved !== version) await saveOnce();
      } catch (error) {
        if (error.message !== "said") tellTrouble("not_saved");
        again = setTimeout(save, RETRY_MS);
      } finally {
        clearTimeout(slow);
        markUnsaved();
        saving = null;
        lookAsPressed();
        if (wanted && settled()) refreshSoon();
      }
    })();
    return saving;
  };

  // Whether what is ticked is kept: a question about it is asked only then.
  const ticksKept = async () => {
    if (saved !== version) await save();
    return saved === version;
  };
  Object.assign(Uketsuke, { ticksKept });

  // --- Commands -------------------------------------------------------------------------------------------

  const command = async (form, submitter) => {
    if (busy) {
      Uketsuke.keepPress(form, submitter, busy);
      return;
    }
    busy = form.action;
    body.classList.add("busy");
    const answered = patiently();
    let well = false;
    try {
      const address = form.getAttribute("action");
      const fields = new FormData(form);
      if (submitter?.name) fields.append(submitter.name, submitter.value);
      let sent = unanswered.body(address, fields);
      if (sent === undefined) {
        if (saving || saved !== version) {
          await save(); // what was ticked comes before what is done with it
          if (saved !== version) return;
          if (fields.has("seen")) fields.set("seen", find("seen")?.value ?? "");
          if (fields.has("versions")) fields.set("versions", find(form.id)?.elements.versions?.value ?? "");
        }
        fields.set("request_id", newId()); // a form that has not changed since is pressed again
        sent = unanswered.keep(address, fields);
      }
      const asked = await askFor(address, sent);
      const { response } = asked;
      // Of what the server could not keep nothing was done: pressing again repeats it.
      if (response.status < 500) unanswered.forget(address, fields);
      answered();
      await released();
      const leadsOn = response.headers.get("X-Lead-On");
      if (leadsOn) {
        Uketsuke.tellSisters("changed");
        location.assign(leadsOn); // another page goes on with the visitor, and says what was done
        return;
      }
      put(asked, { banner: true });
      well = response.ok;
      if (well) Uketsuke.tellSisters("changed");
      if (well || form.dataset.stay === undefined) Uketsuke.closeQuestion();
      else Uketsuke.tellInQuestion();
    } catch (error) {
      answered();
      wanted = true;
      tellTrouble(error instanceof TroubleError ? error.message : "no_connection");
    } finally {
      answered();
      busy = "";
      body.classList.remove("busy");
      Uketsuke.pressNext(well);
      if (wanted) refreshSoon();
    }
  };

  // --- What people do -------------------------------------------------------------------------------------

  // First, and so before a form is taken for one that leaves the page.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!panelUrl) return;
      if (form.matches("[data-live]")) {
        event.preventDefault();
        command(form, event.submitter);
      } else if (form.matches("[data-view]")) {
        event.preventDefault();
        lookFor(form);
      } else if (form.id === "checklist") {
        event.preventDefault();
        version += 1;
        save();
      }
    },
    { capture: true },
  );
  // What news could not change while somebody was typing is caught up with.
  document.addEventListener("focusout", () => {
    if (left) refreshSoon();
  });
  document.addEventListener("change", (event) => {
    if (!panelUrl || !event.target.name || !event.target.closest("#checklist")) return;
    keepFlaws(event.target);
    version += 1;
    save();
  });
  // Another part of the list: the address says which, so that loading the page anew shows the same.
  const look = (address) => {
    history.replaceState(null, "", `${address.pathname}${address.search}`);
    refreshSoon();
  };
  // A link to another part that was pressed while something ticked is not saved: kept, and followed once it is, because
  // the answer to a save draws the part that the address says. Of several presses the last counts.
  let pressed = null;
  const lookAsPressed = () => {
    if (!pressed || saved !== version) return;
    const address = pressed;
    pressed = null;
    look(address);
  };
  const lookFor = (form) => {
    const address = new URL(form.action);
    address.search = new URLSearchParams(Array.from(new FormData(form)).filter(([, value]) => value !== ""));
    look(address);
  };
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest("a[data-view]");
      if (!panelUrl || !link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      pressed = new URL(link.href);
      if (saved === version) lookAsPressed();
      else save();
    },
    { capture: true },
  );
  document.addEventListener("input", (event) => {
    if (panelUrl && event.target.form?.matches("form[data-view]") && !event.isComposing) lookFor(event.target.form);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-guide-close]")) {
      event.preventDefault();
      closeGuide();
    }
    // The second half of a double click must not press the button that took the first one's place.
    if (event.detail > 1 && event.target.closest("form[data-live] button")) event.preventDefault();
  });

  // --- Following the events -------------------------------------------------------------------------------

  let line = null;
  let opened = Date.now();
  const told = (news) => {
    if (news.refused) {
      refresh();
      return;
    }
    heard = Math.max(heard, news.heard);
    showStale();
    if (news.seq > Number(find("page").dataset.seq)) refreshSoon();
  };
  // What happened while nobody looked is drawn at once; the line has its time to come.
  const shown = () => {
    heard = opened = Date.now();
    showStale();
    refreshSoon();
  };
  const watch = () => {
    if (!visible()) return;
    showTimes();
    if (!panelUrl) return;
    // What nobody reports is no event: the server names the moment from which the page would look different.
    if (Date.parse(find("page").dataset.redrawAt) <= serverNow()) wanted = true;
    if (wanted) refreshSoon(); // what could not be drawn before, for example while the line was down
    if (Date.now() - heard <= staleMs) return;
    showStale();
    wanted = true;
    if (Date.now() - opened <= staleMs) return;
    opened = Date.now();
    line.again(); // a line that died silently is opened anew
  };

  readClock();
  showTimes();
  say();
  if (find("guide")) showGuide(find("guide"));
  if (panelUrl) {
    showStale();
    line = Uketsuke.follow(told, shown);
    Uketsuke.whenSistersTell(refreshSoon);
    document.querySelector("[data-focus]")?.focus({ preventScroll: true });
  }
  setInterval(watch, 1000);
})();
