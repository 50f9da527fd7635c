// Clock and elapsed time: the server's time, not this computer's.
"use strict";

(() => {
  let ahead = 0;
  const tokyo = new Intl.DateTimeFormat("ja-JP", {
    timeZone: "Asia/Tokyo", hour: "numeric", minute: "2-digit", hourCycle: "h23",
  });
  const readClock = () => {
    const clock = document.getElementById("clock");
    if (clock) ahead = Date.parse(clock.dataset.now) - Date.now();
  };
  const showTimes = () => {
    const now = Date.now() + ahead;
    const clock = document.getElementById("clock");
    if (clock) clock.textContent = tokyo.format(now);
    for (const element of document.querySelectorAll("[data-since]")) {
      const seconds = Math.max(0, Math.floor((now - Date.parse(element.dataset.since)) / 1000));
      element.hidden = Uketsuke.isStill(); // the time of the call stands beside it
      element.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }
    for (const element of document.querySelectorAll("[data-minutes-since]")) {
      const minutes = Math.max(0, Math.floor((now - Date.parse(element.dataset.minutesSince)) / 60000));
      const { words, atFirst } = element.dataset;
      element.textContent = minutes < 1 && atFirst ? atFirst : words.replace("#", minutes);
      if (element.dataset.from) element.parentElement.hidden = minutes < Number(element.dataset.from);
    }
  };
  const serverNow = () => Date.now() + ahead;

  Object.assign(Uketsuke, { readClock, serverNow, showTimes });
})();
