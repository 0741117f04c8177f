// A digit squeezed and rebuilt by four models, a row each: rebuilt, error, the code with its spread, and what fresh
// codes of the same posterior become. Value: the sheet of tiles (digit; then per model rebuilt, error, eight fresh
// ones) with
//   {digit, rows: [{kind, mean, deviation, squared_error, kl_nats}]}
(() => {
  const AGAIN = 8, TILES = 2 + AGAIN; // tiles of a model
  const REACH = 4; // half a side of the little plane
  const LENS = 5, GLASS = 21; // how much a small spread is enlarged, and the radius of the glass

  const shape = (name, attributes) => {
    const part = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
    return part;
  };
  const inside = (value) => Math.max(-REACH, Math.min(REACH, value));
  const short = (value) => value.toFixed(2).replace("-", "−");

  // two numbers: a place on the plane, and its spread, an ellipse of two deviations, under a lens where it is small
  function ellipse(mean, deviation) {
    const x = 50 + (inside(mean[0]) * 50) / REACH, y = 50 - (inside(mean[1]) * 50) / REACH;
    const [wide, high] = deviation.map((value) => (2 * value * 50) / REACH);
    const spread = (cx, cy, scale) =>
      shape("ellipse", { cx, cy, rx: wide * scale, ry: high * scale, class: "lx-spread" });
    const parts = [
      shape("line", { x1: 0, x2: 100, y1: 50, y2: 50 }),
      shape("line", { x1: 50, x2: 50, y1: 0, y2: 100 }),
      ...[1, 2].map((radius) => shape("circle", { cx: 50, cy: 50, r: (radius * 50) / REACH, class: "lx-prior" })),
      spread(x, y, 1),
      shape("circle", { cx: x, cy: y, r: 1.8, class: "lx-mean" }),
    ];
    if (!wide || wide * LENS > GLASS || high * LENS > GLASS) return parts;
    const [cx, cy] = [x, y].map((at) => (at < 50 ? 98 - GLASS : 2 + GLASS)); // in the corner across
    const way = Math.hypot(cx - x, cy - y),
      edge = [x, y].map((at, axis) => [cx, cy][axis] - (([cx, cy][axis] - at) * GLASS) / way);
    const times = shape("text", { x: cx, y: cy + GLASS - 2.5 });
    times.textContent = `× ${LENS}`;
    return [
      ...parts,
      shape("line", { x1: x, y1: y, x2: edge[0], y2: edge[1], class: "lx-ray" }),
      shape("circle", { cx, cy, r: GLASS, class: "lx-lens" }),
      spread(cx, cy, LENS),
      shape("circle", { cx, cy, r: 0.8, class: "lx-mean" }),
      times,
    ];
  }

  // more numbers: each a dot, and a line as long as its spread to both sides; the band is one deviation of the prior
  function whiskers(mean, deviation) {
    const across = (place) => (100 * (place + 0.5)) / mean.length, up = (value) => 50 - (inside(value) * 50) / REACH;
    const parts = [
      shape("rect", { x: 0, width: 100, y: up(1), height: up(-1) - up(1), class: "lx-band" }),
      shape("line", { x1: 0, x2: 100, y1: 50, y2: 50 }),
    ];
    mean.forEach((value, place) => {
      const x = across(place);
      parts.push(
        shape("line", {
          x1: x,
          x2: x,
          y1: up(value - deviation[place]),
          y2: up(value + deviation[place]),
          class: "lx-whisker",
        }),
      );
      parts.push(shape("circle", { cx: x, cy: up(value), r: 1.8, class: "lx-mean" }));
    });
    return parts;
  }

  luoxia.rebuilds = (element, props, watch) => {
    const root = element.querySelector(".lx-rebuilds"), words = JSON.parse(root.dataset.words);
    const first = root.querySelector(".lx-before canvas"), says = root.querySelector(".lx-verdict");
    const rows = [...root.querySelectorAll("[data-kind]")];

    // the code as a picture, and in words
    function code(box, row) {
      const plane = row.mean.length === 2, svg = box.querySelector("svg");
      svg.replaceChildren(...(plane ? ellipse : whiskers)(row.mean, row.deviation));
      const pair = (numbers) => `(${numbers.map(short).join(", ")})`;
      const told = plane
        ? [`z = ${pair(row.mean)}`, row.kind === "ae" ? words.no_spread : `± ${pair(row.deviation)}`]
        : [];
      svg.setAttribute("aria-label", [words[row.kind], words.code, ...told].join(" "));
      return told;
    }

    function lay(value, draw) {
      draw(first, 0);
      rows.forEach((box, place) => {
        const row = value.rows[place], start = 1 + TILES * place;
        draw(box.querySelector(".lx-rebuilt canvas"), start);
        draw(box.querySelector(".lx-error canvas"), start + 1, "signed");
        box.querySelectorAll(".lx-again canvas").forEach((canvas, i) => draw(canvas, start + 2 + i));
        const kl = row.kind === "ae" ? words.no_kl : `KL ${row.kl_nats.toFixed(1)} ${words.nats}`;
        const facts = [
          `${words.error} ${row.squared_error.toFixed(4)}`,
          kl,
          ...code(box.querySelector(".lx-posterior"), row),
        ];
        box.querySelector(".lx-figures").replaceChildren(
          ...facts.map((textContent) => luoxia.make("span", { textContent })),
        );
      });
      const best = value.rows.reduce((a, b) => (b.squared_error < a.squared_error ? b : a));
      root.querySelectorAll("[data-note]").forEach((note) => {
        note.hidden = +note.dataset.note !== best.mean.length;
      });
      luoxia.sentence(says, luoxia.fill(words.says, { best: words[best.kind], digit: value.digit }));
    }
    luoxia.sheet(element, props, watch, lay);
  };
})();
