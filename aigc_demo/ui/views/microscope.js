// The diffusion microscope: a run as panes side by side (what the network sees, the clean picture and the noise it
// makes of it), with one scrubber for all and a strip of moments under it. Frames arrive as sheets, a column per frame
// and a row per pane; moving the scrubber never asks the server. Value:
//   {sheets: [{url}], counts: [frames per sheet], panes: ["x", "x0", "eps"], w, h, levels: [t], signals: [alpha bar],
//    colour: true for pictures in colour, total: steps of the whole run, opens: share of the run at which a first
//    result stands, loop: play at once and again}
(() => {
  const SIGNED = new Set(["eps", "eps_null", "eps_class", "difference"]);
  const STRIP = 9; // moments in the strip
  const { palette, paint } = luoxia;

  luoxia.microscope = (element, props, watch) => {
    const root = element.querySelector(".lx-microscope");
    const stage = root.querySelector(".lx-panes");
    const range = root.querySelector("input[type=range]");
    const label = root.querySelector("output");
    const play = root.querySelector("button"), strip = root.querySelector(".lx-strips");
    const scratch = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const words = JSON.parse(root.dataset.words), always = root.dataset.colour === "1";
    let bitmaps = [], urls = [], meta = null, timer = 0, tables = null, loading = 0;

    const frames = () => bitmaps.reduce((sum, _, i) => sum + (meta.counts[i] || 0), 0);

    function panes() {
      const shown = [...stage.children].map((figure) => figure.dataset.pane).join();
      if (shown === meta.panes.join()) return;
      stage.replaceChildren(...meta.panes.map((pane) => {
        const figure = document.createElement("figure");
        figure.dataset.pane = pane;
        const canvas = document.createElement("canvas");
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", words[pane] || pane);
        const caption = document.createElement("figcaption");
        caption.textContent = words[pane] || pane;
        figure.append(canvas, caption);
        return figure;
      }));
    }

    function put(canvas, i, row) {
      const { w, h } = meta, pane = meta.panes[row];
      let sheet = 0, column = i;
      while (column >= meta.counts[sheet]) column -= meta.counts[sheet++];
      [scratch.canvas.width, scratch.canvas.height] = [w, h];
      if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
      scratch.drawImage(bitmaps[sheet], column * w, row * h, w, h, 0, 0, w, h);
      const pixels = scratch.getImageData(0, 0, w, h);
      if ((always || meta.colour) && !SIGNED.has(pane)) canvas.getContext("2d").putImageData(pixels, 0, 0);
      else paint(canvas, pixels.data, SIGNED.has(pane) ? tables[1] : tables[0]);
    }

    // moments of the run, evenly spaced; one row of them keeps its height, however few there are
    function moments() {
      const count = frames(), places = Math.min(STRIP, count), row = Math.max(0, meta.panes.indexOf("x"));
      strip.hidden = strip.hidden && count < 3;
      while (strip.children.length > places) strip.lastChild.remove();
      while (strip.children.length < places) strip.append(document.createElement("canvas"));
      [...strip.children].forEach((canvas, at) => {
        canvas.dataset.place = Math.round((at * (count - 1)) / Math.max(1, places - 1));
        put(canvas, +canvas.dataset.place, row);
      });
    }

    function draw(index) {
      if (!meta || !bitmaps.length) return;
      const count = frames();
      const i = Math.max(0, Math.min(count - 1, index | 0));
      meta.panes.forEach((_, row) => put(stage.children[row].firstChild, i, row));
      const apart = (canvas) => Math.abs(+canvas.dataset.place - i);
      const near = [...strip.children].reduce((best, one) => (best && apart(best) <= apart(one) ? best : one), null);
      [...strip.children].forEach((canvas) => canvas.classList.toggle("lx-now", canvas === near));
      range.value = i;
      luoxia.filled(range);
      const level = meta.levels[i], signal = meta.signals ? meta.signals[i] : null;
      const place = `${i + 1} / ${count}`;
      if (level === undefined) label.textContent = place;
      else {label.textContent = level < 0
          ? `${place} · ${words.done}`
          : `${place} · t = ${level} · ᾱ = ${signal.toPrecision(2)}`;}
      range.setAttribute("aria-valuetext", label.textContent);
      root.dataset.frame = i;
    }

    function stop() {
      clearInterval(timer);
      timer = 0;
      play.classList.remove("lx-playing");
    }

    function start(from) {
      const count = frames();
      if (count < 2) return;
      let i = from;
      stop();
      play.classList.add("lx-playing");
      const pause = Math.max(16, Math.min(150, 4000 / count));
      timer = setInterval(() => {
        if (!element.isConnected) return stop();
        draw(i);
        i += 1;
        if (i >= count) {
          if (!meta.loop) return stop();
          i = -Math.round(1200 / pause); // rest on the last frame, then again
        } else if (i <= 0) i = i === 0 ? 0 : i;
      }, pause);
    }

    async function load() {
      const value = props.value;
      if (!value || !value.sheets || !value.sheets.length) return;
      const ticket = ++loading;
      const wanted = value.sheets.map((file) => file.url || file.path);
      const same = urls.filter((url, i) => url === wanted[i]).length;
      const kept = same === urls.length ? same : 0;
      const fresh = await Promise.all(
        wanted.slice(kept).map(async (url) => createImageBitmap(await (await fetch(url)).blob())),
      );
      if (ticket !== loading) return;
      const growing = kept > 0 && meta;
      const followed = !growing || +range.value >= +range.max;
      if (!kept) bitmaps.forEach((bitmap) => bitmap.close());
      bitmaps = [...(kept ? bitmaps : []), ...fresh];
      urls = wanted;
      meta = value;
      tables = [palette(false), palette(true)];
      panes();
      moments();
      const count = frames();
      range.max = Math.max(0, count - 1);
      root.dataset.count = count;
      if (!growing) stop();
      if (!timer) draw(followed ? Math.round((meta.opens ?? 1) * (count - 1)) : +range.value);
      root.dataset.ready = "1";
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      if (meta.loop && !calm && !timer) start(0);
    }

    range.addEventListener("input", () => {
      stop();
      draw(+range.value);
    });
    strip.addEventListener("click", ({ target }) => {
      if (!target.dataset.place) return;
      stop();
      draw(+target.dataset.place);
    });
    play.addEventListener("click", () => (timer ? stop() : start(+range.value >= +range.max ? 0 : +range.value)));
    luoxia.onTheme(() => {
      tables = [palette(false), palette(true)];
      if (meta && bitmaps.length) moments();
      draw(+range.value);
    });
    root.scrub = draw;
    watch("value", load);
    load();
  };
})();
