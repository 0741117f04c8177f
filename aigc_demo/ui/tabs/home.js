// The landing view: a shipped run as a film with a scrubber, and one moving card per family.
(() => {
  const { text, make } = luoxia;

  async function opened(value) {
    const sheets = await Promise.all(
      value.sheets.map(async (file) => createImageBitmap(await (await fetch(file.url)).blob())),
    );
    const scratch = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const count = value.counts.reduce((sum, some) => sum + some, 0);
    // draw one pane of one frame into a canvas, in the colours of the page
    const draw = (canvas, frame, pane, table, column = 0) => {
      let sheet = 0, at = frame;
      while (at >= value.counts[sheet]) at -= value.counts[sheet++];
      const { w, h } = value;
      [scratch.canvas.width, scratch.canvas.height] = [w, h];
      scratch.drawImage(sheets[sheet], at * w, value.panes.indexOf(pane) * h, w, h, 0, 0, w, h);
      const small = Object.assign(document.createElement("canvas"), { width: w, height: h });
      if (table) luoxia.paint(small, scratch.getImageData(0, 0, w, h).data, table);
      else small.getContext("2d").drawImage(scratch.canvas, 0, 0); // in its own colours
      canvas.getContext("2d").drawImage(small, column * w, 0);
    };
    return { count, draw };
  }

  // a slow loop: call(frame) while the element is on the screen, resting on the last frame
  function loop(element, count, call, { pause = 260, rest = 8 } = {}) {
    let frame = 0, timer = 0, seen = true;
    new IntersectionObserver(([entry]) => {
      seen = entry.isIntersecting;
    }).observe(element);
    const step = () => {
      if (!seen || document.hidden || !element.isConnected) return;
      frame = (frame + 1) % (count + rest);
      if (frame < count) call(frame);
    };
    return {
      start: (from = 0) => {
        frame = from - 1;
        clearInterval(timer);
        timer = setInterval(step, pause);
      },
      stop: () => {
        clearInterval(timer);
        timer = 0;
      },
      get running() {
        return timer !== 0;
      },
    };
  }

  luoxia.strip = async (element, props) => {
    luoxia.keepLanguage(element);
    const root = element.querySelector(".lx-strip"), value = props.value;
    if (!value || !value.sheets) {
      root.dataset.empty = "1";
      return;
    }
    const { count, draw } = await opened(value);
    const range = root.querySelector("input"),
      label = root.querySelector("output"),
      play = root.querySelector(".lx-play");
    const canvases = [...root.querySelectorAll("[data-pane]")];
    canvases.forEach((canvas) => Object.assign(canvas, { width: value.w, height: value.h }));
    range.max = count - 1;

    const film = root.querySelector(".lx-film");
    const shown = Math.min(16, count);
    const stops = Array.from({ length: shown }, (_, i) => Math.round((i * (count - 1)) / Math.max(1, shown - 1)));
    film.append(...stops.map((stop) => {
      const canvas = make("canvas", { width: value.w, height: value.h });
      const button = make("button", { type: "button", tabIndex: -1 }, canvas);
      button.setAttribute("aria-label", `${text.frame} ${stop + 1}`);
      button.addEventListener("click", () => {
        halt();
        show(stop);
      });
      return button;
    }));
    let table = luoxia.palette(false);
    const show = (frame) => {
      canvases.forEach((canvas) => draw(canvas, frame, canvas.dataset.pane, table));
      range.value = frame;
      luoxia.filled(range);
      const level = value.levels[frame];
      label.textContent = level >= 0 ? `${frame + 1} / ${count} · t = ${level}` : `${frame + 1} / ${count}`;
      range.setAttribute("aria-valuetext", label.textContent);
      const near = stops.reduce(
        (best, stop, i) => (Math.abs(stop - frame) < Math.abs(stops[best] - frame) ? i : best),
        0,
      );
      [...film.children].forEach((button, i) => button.setAttribute("aria-current", String(i === near)));
      root.dataset.frame = frame;
    };
    const paintFilm = () => stops.forEach((stop, i) => draw(film.children[i].firstChild, stop, "x", table));
    const moving = loop(root, count, show);
    const halt = () => {
      moving.stop();
      mark();
    };
    const mark = () => {
      play.classList.toggle("lx-playing", moving.running);
      play.setAttribute("aria-label", moving.running ? text.pause : text.play);
    };
    range.addEventListener("input", () => {
      halt();
      show(+range.value);
    });
    play.addEventListener("click", () => {
      if (moving.running) moving.stop();
      else moving.start(+range.value >= count - 1 ? 0 : +range.value);
      mark();
    });
    luoxia.onTheme(() => {
      table = luoxia.palette(false);
      paintFilm();
      show(+range.value);
    });
    paintFilm();
    show(luoxia.calm() ? count - 1 : 0);
    if (!luoxia.calm()) moving.start(0);
    mark();
    root.dataset.ready = "1";
  };

  // a text that types itself in the place of the picture
  function typing(canvas, { prompt, text: words }) {
    const given = make("span", { textContent: prompt }), rest = make("span"), signs = [...words];
    const line = make("p", { className: "lx-typed" }, given, rest);
    line.setAttribute("aria-hidden", "true");
    canvas.replaceWith(line);
    const show = (count) => {
      rest.textContent = signs.slice(0, count).join("");
      line.dataset.typed = count;
      line.scrollTop = line.scrollHeight;
    };
    show(signs.length);
    if (!luoxia.calm()) loop(line, signs.length + 1, show, { pause: 70, rest: 45 }).start(0);
  }

  // what a card shows is fetched and drawn when the card comes near the screen
  function fill(canvas, value) {
    if (value.typed) typing(canvas, value.typed);
    else if (value.couplets) luoxia.coupletCard(canvas, value.couplets, loop);
    else if (value.roll) luoxia.rollCard(canvas, value.roll, loop);
    else if (value.race) luoxia.raceCard(canvas, value, loop);
    else if (value.file) luoxia.film(canvas, value, loop);
    else if (value.sheets) moving(canvas, value);
    else canvas.hidden = true;
  }

  async function moving(canvas, value) {
    const { count, draw } = await opened(value);
    const panes = value.panes.slice(0, 3);
    [canvas.width, canvas.height] = [value.w * panes.length, value.h];
    const tables = () =>
      panes.map((pane) => (pane.startsWith("colour") ? null : luoxia.palette(pane.startsWith("eps"))));
    let colours = tables(), last = count - 1;
    const show = (frame) => {
      last = frame;
      panes.forEach((pane, i) => draw(canvas, frame, pane, colours[i], i));
    };
    luoxia.onTheme(() => {
      colours = tables();
      show(last);
    });
    show(count - 1);
    if (!luoxia.calm()) loop(canvas, count, show, { pause: 200, rest: 12 }).start(0);
  }

  luoxia.cards = (element, props) => {
    luoxia.keepLanguage(element);
    const near = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        fill(target.querySelector("canvas"), (props.value || {})[target.dataset.family] || {});
      }
    }, { rootMargin: "200px" });
    element.querySelectorAll(".lx-card").forEach((card) => near.observe(card));
  };
})();
