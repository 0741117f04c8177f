// A sheet of equal small pictures, drawn tile by tile, and small charts: what the views of the autoencoder tab stand
// on.
(() => {
  // {sheets: [{url}], w, h}, tiles side by side -> draw(canvas, place, kind); kind: "grey", "signed" or "colour"
  luoxia.openSheet = async (value) => {
    const bitmap = await createImageBitmap(await (await fetch(value.sheets[0].url)).blob());
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    [context.canvas.width, context.canvas.height] = [bitmap.width, bitmap.height];
    context.drawImage(bitmap, 0, 0);
    const { w, h } = value;
    return (canvas, place, kind = "grey") => {
      const pixels = context.getImageData(w * place, 0, w, h);
      if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
      if (kind === "colour") canvas.getContext("2d").putImageData(pixels, 0, 0);
      else luoxia.paint(canvas, pixels.data, luoxia.palette(kind === "signed"));
    };
  };

  // Calls lay(value, draw, fresh) with every new value, the last one never overtaken, and again when the theme turns.
  luoxia.sheet = (element, props, watch, lay) => {
    let ticket = 0, now = null;
    const load = async () => {
      const value = props.value;
      if (!value || !value.sheets) return;
      const mine = ++ticket;
      const draw = await luoxia.openSheet(value);
      if (mine !== ticket) return;
      now = [value, draw];
      lay(value, draw, true);
      const root = element.querySelector("[data-words]");
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    };
    luoxia.onTheme(() => now && lay(...now, false));
    watch("value", load);
    load();
  };

  // A canvas with words under it; `box` keeps what it has if the names are the same.
  luoxia.panes = (box, names) => {
    if (box.dataset.names !== names.join()) {
      box.dataset.names = names.join();
      box.replaceChildren(...names.map((name) => {
        const canvas = luoxia.make("canvas");
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", name);
        return luoxia.make("figure", {}, canvas, luoxia.make("figcaption", { textContent: name }));
      }));
    }
    return [...box.querySelectorAll("canvas")];
  };

  // The sentence under a result: written at once, read out when it changes.
  luoxia.sentence = (line, words) => {
    if (line.textContent === words) return;
    if (line.textContent) luoxia.say(words);
    line.textContent = words;
    line.hidden = !words;
  };

  const svg = (name, attributes, words) => {
    const part = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
    if (words !== undefined) part.textContent = words;
    return part;
  };
  const signed = (number) => String(number).replace("-", "−");
  const steps = (low, high, most = 5) => { // round numbers between two ends
    const rough = (high - low) / most, size = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((n) => n * size).find((n) => n >= rough);
    const found = [];
    for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-6; at += step) found.push(+at.toPrecision(6));
    return found;
  };

  // {x: [low, high], y: [low, high], xs, ys: [[at, words]] or none, lines: [{kind, points, dots}], bars: [[from, to,
  // height]],
  //  level: {at, words}, band: {from, to, words}, needle: at, across: words, up: words} into an svg of 420 by 190
  luoxia.chart = (box, { x, y, xs, ys, lines = [], bars = [], level, band, needle, across, up }) => {
    const [left, right, top, bottom] = [46, 400, 28, 152];
    const px = (at) => left + ((right - left) * (at - x[0])) / (x[1] - x[0]);
    const py = (at) => bottom - ((bottom - top) * (at - y[0])) / (y[1] - y[0]);
    const path = (points) => `M${points.map(([a, b]) => `${px(a).toFixed(1)},${py(b).toFixed(1)}`).join("L")}`;
    const parts = [svg("text", { x: 0, y: 13, class: "lx-axis" }, up)];
    for (const [at, words] of ys || steps(...y, 4).map((tick) => [tick, signed(tick)])) {
      parts.push(svg("line", { x1: left, x2: right, y1: py(at), y2: py(at), class: "lx-grid" }));
      parts.push(svg("text", { x: left - 5, y: py(at) + 4, class: "lx-tick lx-end" }, words));
    }
    for (const [at, words] of xs || steps(...x).map((tick) => [tick, signed(tick)])) {
      parts.push(svg("line", { x1: px(at), x2: px(at), y1: bottom, y2: bottom + 4, class: "lx-grid" }));
      parts.push(svg("text", { x: px(at), y: bottom + 16, class: "lx-tick lx-middle" }, words));
    }
    parts.push(svg("text", { x: (left + right) / 2, y: 188, class: "lx-axis lx-middle" }, across));
    for (const [from, to, height] of bars) {
      parts.push(
        svg("rect", {
          x: px(from) + 0.5,
          width: Math.max(0.5, px(to) - px(from) - 1),
          y: py(height),
          height: bottom - py(height),
          class: "lx-bar",
        }),
      );
    }
    if (band) {
      parts.push(
        svg("rect", {
          x: left,
          width: right - left,
          y: py(band.to),
          height: py(band.from) - py(band.to),
          class: "lx-band",
        }),
      );
      parts.push(svg("text", { x: right - 4, y: py(band.to) - 5, class: "lx-tick lx-end" }, band.words));
    }
    if (level) {
      parts.push(svg("line", { x1: left, x2: right, y1: py(level.at), y2: py(level.at), class: "lx-level" }));
      parts.push(svg("text", { x: right, y: py(level.at) - 5, class: "lx-tick lx-end" }, level.words));
    }
    for (const { kind, points, dots } of lines) {
      parts.push(svg("path", { d: path(points), class: `lx-line-${kind}` }));
      for (const [a, b] of dots || []) {
        parts.push(svg("circle", { cx: px(a), cy: py(b), r: 4.5, class: `lx-dot-${kind}` }));
      }
    }
    if (needle !== undefined) {
      const at = Math.max(left, Math.min(right, px(needle))), side = Math.sign(px(needle) - at);
      if (side) { // off the axis: an arrow that points there, with the number, instead of a needle at the edge
        const words = `${side < 0 ? "← " : ""}${signed(Math.round(needle))}${side > 0 ? " →" : ""}`;
        parts.push(svg("path", { d: `M${at - 8 * side},${top - 6}v12l${10 * side},-6z`, class: "lx-head" }));
        parts.push(
          svg(
            "text",
            { x: at - 14 * side, y: top + 4, class: `lx-tick lx-off-axis ${side > 0 ? "lx-end" : ""}` },
            words,
          ),
        );
      } else {
        parts.push(svg("path", { d: `M${at},${bottom}L${at},${top - 4}`, class: "lx-needle" }));
        parts.push(svg("path", { d: `M${at - 6},${top - 10}h12l-6,9z`, class: "lx-head" }));
      }
    }
    box.setAttribute("viewBox", "0 0 420 190");
    box.replaceChildren(...parts);
  };
})();
