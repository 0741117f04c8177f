// A quiet line while the app does not answer, gone when it does again. It is asked when a request of the page has
// failed, when the page comes back into view, and once a minute while it is seen.
(() => {
  const { text, make } = luoxia;
  const MINUTE = 60_000;
  const real = window.fetch.bind(window);
  let line = null, asking = false, leaving = false;

  const show = (away) => {
    if (away === Boolean(line) || leaving) return;
    if (away) {
      line = make("p", { className: "lx-away", textContent: text.away });
      line.setAttribute("role", "status");
      document.body.append(line);
    } else {
      line.remove();
      line = null;
    }
  };
  const ask = async () => {
    if (asking || document.hidden || document.prerendering) return;
    asking = true;
    const answer = await real("./", { method: "HEAD", cache: "no-store" }).catch(() => null);
    asking = false;
    show(!answer || answer.status >= 500);
  };

  window.fetch = async (...asked) => {
    try {
      return await real(...asked);
    } catch (error) {
      if (error.name === "TypeError") ask(); // no answer; another one was given up on purpose
      throw error;
    }
  };
  addEventListener("pagehide", () => {
    leaving = true;
  });
  addEventListener("pageshow", () => {
    leaving = false;
  });
  document.addEventListener("visibilitychange", ask);
  addEventListener("online", ask);
  setInterval(ask, MINUTE);
})();
