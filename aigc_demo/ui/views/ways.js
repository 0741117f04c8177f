// Ways from one picture to another under one scrubber, and the length of the code along them. Value:
//   {sheets, counts: [ways * frames], w, h, straight_norm: [length], arc_norm: [length]}, and
//   typical: length of codes of the prior, or usual: [from, to], where most lengths lie
//   ways: names of the rows of pictures, kind: see sheet.js, says: name of the sentence, round: whether the end is the
//   start
(() => {
  const WAYS = ["straight", "arc", "fade"];
  const STRIP = 13; // pictures in a strip

  luoxia.ways = (element, props, watch) => {
    const root = element.querySelector(".lx-ways");
    const words = JSON.parse(root.dataset.words);
    const range = root.querySelector("input[type=range]"), output = root.querySelector(".lx-scrub output");
    const play = root.querySelector(".lx-play"),
      strips = root.querySelector(".lx-strips"),
      plot = root.querySelector("svg");
    let value = null, paint = null, timer = 0, count = 0, names = WAYS;
    const draw = (canvas, place) => paint(canvas, place, value.kind);
    const lasts = () => (value.round ? count - 1 : 2 * (count - 1)); // moments of one turn

    function strip() {
      const shape = `${names.join()} ${count}`;
      if (strips.dataset.shape !== shape) {
        const columns = Math.min(count, STRIP);
        strips.dataset.shape = shape;
        strips.classList.toggle("lx-single", names.length === 1);
        strips.style.setProperty("--columns", columns);
        strips.replaceChildren(...names.flatMap((way, row) => [
          ...(names.length > 1
            ? [luoxia.make("span", { textContent: words[way], className: `lx-way lx-way-${way}` })]
            : []),
          ...Array.from({ length: columns }, (_, i) => {
            const canvas = luoxia.make("canvas");
            canvas.dataset.column = Math.round((i * (count - 1)) / (columns - 1));
            canvas.dataset.place = row * count + +canvas.dataset.column;
            return canvas;
          }),
        ]));
      }
      strips.querySelectorAll("canvas").forEach((canvas) => draw(canvas, +canvas.dataset.place));
    }

    function show(index) {
      if (!value) return;
      const i = Math.max(0, Math.min(count - 1, index));
      luoxia.panes(root.querySelector(".lx-panes"), names.map((way) => words[way])).forEach((canvas, row) =>
        draw(canvas, row * count + i)
      );
      const columns = [...strips.querySelectorAll("canvas")].map((canvas) => +canvas.dataset.column);
      const near = columns.reduce((best, column) => (Math.abs(column - i) < Math.abs(best - i) ? column : best));
      strips.querySelectorAll("canvas").forEach((canvas) =>
        canvas.classList.toggle("lx-now", +canvas.dataset.column === near)
      );
      if (plot) chart(i);
      output.textContent = `${i + 1} / ${count}`;
      range.value = i;
      luoxia.filled(range);
      range.setAttribute("aria-valuetext", output.textContent);
      root.dataset.frame = i;
    }

    function chart(i) {
      const { typical, usual, straight_norm: straight, arc_norm: arc } = value;
      const line = (kind, lengths) => {
        const points = lengths.map((length, at) => [at / (count - 1), length]);
        return { kind, points, dots: [points[i]] };
      };
      const marks = value.round
        ? [[0, words.start], [0.25, words.end], [0.5, `−${words.start}`], [0.75, `−${words.end}`], [1, words.start]]
        : [[0, words.start], [0.5, "½"], [1, words.end]];
      luoxia.chart(plot, {
        x: [0, 1],
        y: [0, 1.15 * Math.max(typical || 0, ...(usual || []), ...straight, ...arc)],
        across: words.across,
        up: words.up,
        xs: marks,
        level: typical && { at: typical, words: luoxia.fill(words.typical, { length: typical.toFixed(2) }) },
        band: usual && { from: usual[0], to: usual[1], words: words.usual },
        lines: [line("water", straight), line("glow", arc)].filter(({ points }) => points.length),
      });
    }

    function sentence() {
      const { straight_norm: straight, arc_norm: arc, typical = 0, usual = [0, 0] } = value;
      const middle = Math.floor((count - 1) / 2), two = (number) => (number || 0).toFixed(value.usual ? 1 : 2);
      luoxia.sentence(
        root.querySelector(".lx-verdict"),
        luoxia.fill(words[value.says || "says"], {
          low: two(straight[middle]),
          arc: two(arc[middle]),
          typical: two(typical),
          from: two(usual[0]),
          to: two(usual[1]),
          least: two(Math.min(...arc)),
          most: two(Math.max(...arc)),
          first: value.first,
          last: value.last,
        }),
      );
    }

    const stop = () => {
      clearInterval(timer);
      timer = 0;
      play.classList.remove("lx-playing");
    };
    function start() { // to and fro
      stop();
      play.classList.add("lx-playing");
      let at = +range.value;
      timer = setInterval(() => {
        if (!element.isConnected) return stop();
        const turn = lasts();
        at = (at + 1) % turn;
        if (root.offsetParent) show(at < count ? at : turn - at);
      }, Math.max(60, 2600 / count));
    }
    play.addEventListener("click", () => (timer ? stop() : value && start()));
    range.addEventListener("input", () => {
      stop();
      show(+range.value);
    });
    strips.addEventListener("click", (event) => {
      if (event.target.dataset.column === undefined) return;
      stop();
      show(+event.target.dataset.column);
    });

    luoxia.sheet(element, props, watch, (...now) => {
      [value, paint] = now;
      names = value.ways || WAYS;
      count = value.counts[0] / names.length;
      range.max = count - 1;
      root.style.setProperty("--panes", names.length);
      element.closest(".lx-bench").dataset.told = String(value.told === true);
      strip();
      sentence();
      const first = root.dataset.frame === undefined;
      show(first ? Math.floor((count - 1) / 2) : +range.value);
      if (first && !luoxia.calm()) start();
    });
  };
})();
