// Three ways from one digit to another under one scrubber, and the length of the code along two of them. Value:
//   {sheets, counts: [3 frames], w, h, straight_norm: [length], arc_norm: [length], typical: length of codes of the prior}
(() => {
  const WAYS = ["straight", "arc", "fade"];

  luoxia.ways = (element, props, watch) => {
    const root = element.querySelector(".lx-ways");
    const words = JSON.parse(root.dataset.words);
    const range = root.querySelector("input[type=range]"), output = root.querySelector(".lx-scrub output");
    const play = root.querySelector(".lx-play"), strips = root.querySelector(".lx-strips"), plot = root.querySelector("svg");
    let value = null, draw = null, timer = 0, count = 0;

    function strip() {
      const shape = String(count);
      if (strips.dataset.shape !== shape) {
        strips.dataset.shape = shape;
        strips.style.setProperty("--columns", count);
        strips.replaceChildren(...WAYS.flatMap((way) => [
          luoxia.make("span", { textContent: words[way], className: `lx-way lx-way-${way}` }),
          ...Array.from({ length: count }, (_, i) => {
            const canvas = luoxia.make("canvas");
            canvas.dataset.column = i;
            return canvas;
          })]));
      }
      strips.querySelectorAll("canvas").forEach((canvas, i) => draw(canvas, i));
    }

    function show(index) {
      if (!value) return;
      const i = Math.max(0, Math.min(count - 1, index));
      const names = WAYS.map((way) => words[way]);
      luoxia.panes(root.querySelector(".lx-panes"), names).forEach((canvas, row) => draw(canvas, row * count + i));
      strips.querySelectorAll("canvas").forEach((canvas) => canvas.classList.toggle("lx-now", +canvas.dataset.column === i));
      const points = (lengths) => lengths.map((length, at) => [at / (count - 1), length]);
      const [straight, arc] = [points(value.straight_norm), points(value.arc_norm)];
      const high = 1.15 * Math.max(value.typical, ...value.straight_norm, ...value.arc_norm);
      luoxia.chart(plot, {
        x: [0, 1], y: [0, high], across: words.across, up: words.up,
        xs: [[0, words.start], [0.5, "½"], [1, words.end]],
        level: { at: value.typical, words: luoxia.fill(words.typical, { length: value.typical.toFixed(2) }) },
        lines: [{ kind: "water", points: straight, dots: [straight[i]] }, { kind: "glow", points: arc, dots: [arc[i]] }],
      });
      output.textContent = `${i + 1} / ${count}`;
      range.value = i;
      luoxia.filled(range);
      range.setAttribute("aria-valuetext", output.textContent);
      root.dataset.frame = i;
    }

    const stop = () => { clearInterval(timer); timer = 0; play.classList.remove("lx-playing"); };
    function start() { // to and fro
      stop();
      play.classList.add("lx-playing");
      let at = +range.value;
      timer = setInterval(() => {
        if (!element.isConnected) return stop();
        const round = 2 * (count - 1);
        at = (at + 1) % round;
        if (root.offsetParent) show(at < count ? at : round - at);
      }, Math.max(60, 2600 / count));
    }
    play.addEventListener("click", () => (timer ? stop() : value && start()));
    range.addEventListener("input", () => { stop(); show(+range.value); });
    strips.addEventListener("click", (event) => {
      if (event.target.dataset.column === undefined) return;
      stop();
      show(+event.target.dataset.column);
    });

    luoxia.sheet(element, props, watch, (...now) => {
      [value, draw] = now;
      count = value.straight_norm.length;
      range.max = count - 1;
      strip();
      const middle = Math.floor((count - 1) / 2);
      luoxia.sentence(root.querySelector(".lx-verdict"), luoxia.fill(words.says, {
        low: value.straight_norm[middle].toFixed(2), arc: value.arc_norm[middle].toFixed(2), typical: value.typical.toFixed(2),
      }));
      const first = root.dataset.frame === undefined;
      show(first ? middle : +range.value);
      if (first && !luoxia.calm()) start();
    });
  };
})();
