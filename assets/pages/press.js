// A press is never lost: as long as a button is held down nothing is drawn anew, however long that takes, and what is
// pressed while another command is on its way comes after it.
"use strict";

(() => {
  let held = null; // the event by which the mouse, the pen, the finger or the space bar is down
  let waiting = [];

  const hold = (event) => {
    held = event;
  };
  const release = () => {
    const ends = held;
    if (!ends) return;
    // After the click that belongs to it; what is pressed meanwhile is another press.
    setTimeout(() => {
      if (held !== ends) return;
      held = null;
      const acts = waiting;
      waiting = [];
      for (const act of acts) act();
    });
  };
  document.addEventListener("pointerdown", hold);
  for (const kind of ["pointerup", "pointercancel"]) document.addEventListener(kind, release);
  // What was let go where nobody told the page: outside the window, or in another one.
  document.addEventListener("pointermove", ({ buttons }) => {
    if (!buttons) release();
  });
  addEventListener("blur", release);
  document.addEventListener("visibilitychange", release);
  document.addEventListener("keydown", (event) => {
    if (event.key === " ") hold(event);
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " ") release();
  });

  const isHeld = () => held !== null;
  const released = () => (held ? new Promise((go) => waiting.push(go)) : Promise.resolve());

  // --- The press after the one that is on its way ----------------------------------------------------------

  let next = null;
  // Kept, if it is for something else: a second press of the same button is the same press.
  const keepPress = (form, submitter, underWay) => {
    if (form.action === underWay || !submitter?.id) return;
    next = { id: submitter.id, address: form.action };
  };
  // Done, if all is well and what was pressed is still there and would do the same.
  const pressNext = (well) => {
    const pressed = next;
    next = null;
    const button = well && pressed && document.getElementById(pressed.id);
    if (button && !button.disabled && button.form?.action === pressed.address) button.click();
  };

  Object.assign(Uketsuke, { isHeld, keepPress, pressNext, released });
})();
