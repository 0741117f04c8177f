// The diffusion microscope: a run as panes side by side (what the network sees, the clean picture and the noise it
// makes of it), with one scrubber for all. Frames arrive as sheets, a column per frame and a row per pane; moving
// the scrubber never asks the server. Value:
//   {sheets: [{url}], counts: [frames per sheet], panes: ["x", "x0", "eps"], w, h, levels: [t], signals: [alpha bar],
//    colour: true for pictures in colour, total: steps of the whole run, opens: share of the run at which a first
//    result stands, loop: play at once and again}
(() => {
  const SIGNED = new Set(["eps", "eps_null", "eps_class", "difference"]);
  const { palette, paint } = luoxia;

  luoxia.microscope = (element, props, watch) => {
    const root = element.querySelector(".lx-microscope");
    const stage = root.querySelector(".lx-panes");
    const range = root.querySelector("input[type=range]");
    const label = root.querySelector("output");
    const play = root.querySelector("button");
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

    function draw(index) {
      if (!meta || !bitmaps.length) return;
      const count = frames();
      const i = Math.max(0, Math.min(count - 1, index | 0));
      let sheet = 0, column = i;
      while (column >= meta.counts[sheet]) column -= meta.counts[sheet++];
      const { w, h } = meta;
      scratch.canvas.width = w;
      scratch.canvas.height = h;
      meta.panes.forEach((pane, row) => {
        const canvas = stage.children[row].firstChild;
        if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
        scratch.drawImage(bitmaps[sheet], column * w, row * h, w, h, 0, 0, w, h);
        const pixels = scratch.getImageData(0, 0, w, h);
        if ((always || meta.colour) && !SIGNED.has(pane)) canvas.getContext("2d").putImageData(pixels, 0, 0);
        else paint(canvas, pixels.data, SIGNED.has(pane) ? tables[1] : tables[0]);
      });
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
    play.addEventListener("click", () => (timer ? stop() : start(+range.value >= +range.max ? 0 : +range.value)));
    luoxia.onTheme(() => {
      tables = [palette(false), palette(true)];
      draw(+range.value);
    });
    root.scrub = draw;
    watch("value", load);
    load();
  };
})();
