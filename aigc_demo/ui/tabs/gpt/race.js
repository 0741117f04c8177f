// With the KV cache and without: milliseconds of every token by both ways, as they come. And two texts that should be
// one.
// Value of luoxia.race: {prompt, cut, text, with: [ms], without: [ms], same, bytes, weights}
(() => {
  const { fill } = luoxia;
  const LAST = 20; // tokens of which a speed is the mean
  const median = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];
  const calm = (all) => all.map((_, i) => median(all.slice(Math.max(0, i - 2), i + 3)));
  const mean = (all) => all.reduce((sum, one) => sum + one, 0) / Math.max(1, all.length);
  const digits = (number) => (number >= 10 ? String(Math.round(number)) : number.toFixed(1));

  luoxia.race = (element, props, watch) => {
    const root = element.querySelector(".lx-race"), words = JSON.parse(root.dataset.words);
    const author = luoxia.author(root.querySelector(".lx-author")), line = root.querySelector(".lx-verdict");
    const chart = root.querySelector(".lx-chart svg");
    const load = () => {
      const value = props.value;
      if (!value || !value.with) return;
      const first = [...value.prompt].length, count = value.with.length, now = {};
      for (const name of ["with", "without"]) {
        const lane = root.querySelector(`[data-lane=${name}]`), took = median(value[name].slice(-LAST));
        now[name] = took;
        lane.querySelector("b").textContent = digits(1000 / took);
        lane.querySelector("p").textContent = fill(name === "with" ? words.reads_one : words.reads_all, {
          ms: digits(took),
          count: first + count - 1,
        });
      }
      const lines = [["glow", "with"], ["water", "without"]].map(([kind, name]) => {
        // the first token reads the prompt
        const points = calm(value[name]).slice(1).map((ms, i) => [first + i + 1, ms]);
        return { kind, points: points.length ? points : [[first, value[name][0]]], dots: points.slice(-1) };
      });
      luoxia.chart(chart, {
        x: [first, first + Math.max(count, 40)],
        y: [0, 1.1 * Math.max(...lines.flatMap((one) => one.points.map(([, ms]) => ms)))],
        across: words.across,
        up: words.up,
        lines,
      });
      author.show(value.prompt, value.text);
      author.facts(
        `${
          fill(words.kept, {
            size: value.bytes >= 1e6 ? `${(value.bytes / 1e6).toFixed(1)} MB` : `${Math.round(value.bytes / 1e3)} kB`,
          })
        } · ${value.same ? words.same : words.differ}`,
      );
      luoxia.sentence(
        line,
        count > LAST
          ? fill(words.says, {
            count: first + count - 1,
            times: (now.without / now.with).toFixed(1),
            all: digits(mean(value.without) * count / 1000),
            one: digits(mean(value.with) * count / 1000),
          })
          : "",
      );
      root.dataset.ready = String(count);
    };
    watch("value", luoxia.eased(load));
    load();
  };

  // Value: {prompt, cut, ours, theirs, same, speeds: [ours, theirs], kind}
  luoxia.twins = (element, props, watch) => {
    const root = element.querySelector(".lx-twins"), words = JSON.parse(root.dataset.words);
    const sides = ["glow", "water"].map((kind) => luoxia.author(root.querySelector(`.lx-author[data-side=${kind}]`)));
    const load = () => {
      const value = props.value;
      if (!value || !value.ours) return;
      [value.ours, value.theirs].forEach((text, i) => {
        sides[i].show(value.prompt, "");
        sides[i].show(value.prompt, text);
        sides[i].facts(fill(i ? words.theirs : words.ours, { speed: digits(value.speeds[i]), kind: value.kind }));
        const first = [...value.prompt].length + value.same;
        sides[i].spans().forEach((span, place) => span.classList.toggle("lx-wrong", place >= first));
      });
      root.dataset.same = value.same;
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    };
    watch("value", load);
    load();
  };
})();
