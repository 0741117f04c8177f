// luoxia: what the page does by itself. Each view of a gr.HTML component is luoxia.<kind>(element, props, watch,
// trigger).
window.luoxia = (() => {
  const text = window.LX_TEXT;
  const lang = window.LX_LANG;
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // sentences: to screen readers, and to everyone
  const say = (sentence) => {
    const region = document.getElementById("lx-live");
    if (region) region.textContent = sentence;
  };
  const toast = (sentence) => {
    let box = document.querySelector(".lx-toasts");
    if (!box) {
      box = document.createElement("div");
      box.className = "lx-toasts";
      box.setAttribute("aria-hidden", "true"); // the live region says the same
      document.body.append(box);
    }
    const line = document.createElement("p");
    line.textContent = sentence;
    box.append(line);
    setTimeout(() => line.remove(), 4000);
    say(sentence);
  };

  // numbers with sensible digits
  const count = (value) =>
    value >= 1e6 ? `${(value / 1e6).toFixed(1)} M` : value >= 1e4 ? `${Math.round(value / 1e3)} k` : String(value);
  const duration = (
    ms,
  ) => (ms < 9999.5 ? `${Math.round(ms)} ${text.milliseconds}` : `${(ms / 1000).toFixed(1)} ${text.seconds}`);

  // whether a person has just used this part of the page; what is set for them does not count
  let used = null, since = 0;
  for (const kind of ["pointerdown", "keydown", "input", "change"]) {
    document.addEventListener(kind, (event) => {
      if (event.isTrusted) [used, since] = [event.target, performance.now()];
    }, true);
  }
  const touched = (id) => performance.now() - since < 5000 && Boolean(used?.closest?.(`#${id}`));

  // what must not happen while the browser only prepares a page that may never be opened
  const activated = (then) => {
    if (document.prerendering) document.addEventListener("prerenderingchange", then, { once: true });
    else then();
  };

  // a transition from page to page that the browser leaves out is nothing to be told on the console
  addEventListener("unhandledrejection", (event) => {
    if (event.reason?.name === "AbortError" && /transition/i.test(event.reason.message)) event.preventDefault();
  });

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // arrows move a scrubber by one frame, with Shift by ten
  document.addEventListener("keydown", (event) => {
    const range = event.target;
    if (!event.shiftKey || !/^Arrow/.test(event.key) || !range.matches?.(".lx-scrub input[type=range]")) return;
    event.preventDefault();
    const way = event.key === "ArrowLeft" || event.key === "ArrowDown" ? -10 : 10;
    range.value = Math.max(+range.min, Math.min(+range.max, +range.value + way));
    range.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // the filled part of a scrubber's track
  const filled = (range) => {
    const span = range.max - range.min;
    range.style.setProperty("--lx-at", `${span > 0 ? (100 * (range.value - range.min)) / span : 0}%`);
  };
  document.addEventListener("input", (event) => event.target.matches?.(".lx-scrub input") && filled(event.target));

  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  return { text, lang, fill, say, toast, count, duration, activated, make, filled, calm, touched };
})();
