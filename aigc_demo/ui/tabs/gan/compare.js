// Seven models, the same seeds: pictures in rows, and what the judge read as ten bars beside them, once somebody has
// guessed.
// Value: {sheets, ..., seeds, count, players: [{model, read: [16], counts: [10]}], shares: {model: [10]}}
(() => {
  const { fill } = luoxia;
  const WIDTH = 220, LEFT = 4, STEP = 21.2, BAR = 15, BASE = 58, TALL = 50; // of a row of bars

  const shape = (name, attributes, words) => {
    const part = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
    if (words !== undefined) part.textContent = words;
    return part;
  };

  // ten shares as bars, a tenth dashed, the digits below; a class that is missing is marked. `ticks`: ten more shares,
  // or none
  luoxia.tally = (box, shares, ticks, words) => {
    const most = Math.max(0.3, ...shares, ...(ticks || []));
    const up = (share) => BASE - (TALL * share) / most;
    const parts = [shape("line", { x1: 0, x2: WIDTH, y1: BASE, y2: BASE, class: "lx-grid" })];
    shares.forEach((share, digit) => {
      const x = LEFT + STEP * digit;
      if (share) {
        parts.push(
          shape("rect", { x, y: up(share), width: BAR, height: BASE - up(share), rx: 1.5, class: "lx-share-bar" }),
        );
      }
      if (ticks) {
        parts.push(
          shape("line", {
            x1: x - 2,
            x2: x + BAR + 2,
            y1: up(ticks[digit]),
            y2: up(ticks[digit]),
            class: "lx-mark-line",
          }),
        );
      }
      parts.push(shape("text", { x: x + BAR / 2, y: BASE + 13, class: share ? "" : "lx-missing" }, digit));
    });
    parts.push(shape("line", { x1: 0, x2: WIDTH, y1: up(0.1), y2: up(0.1), class: "lx-level" }));
    box.replaceChildren(...parts);
    box.setAttribute(
      "aria-label",
      shares.map((share, digit) => fill(words, { digit, share: Math.round(100 * share) })).join(luoxia.text.several),
    );
  };

  luoxia.lineup = (element, props, watch) => {
    const root = element.querySelector(".lx-lineup"), words = JSON.parse(root.dataset.words);
    const rows = new Map([...root.querySelectorAll("[data-model]")].map((row) => [row.dataset.model, row]));

    luoxia.sheet(element, props, watch, (value, draw) => {
      const shown = value.seeds.length, without = [];
      value.players.forEach(({ model, read, counts }, place) => {
        const row = rows.get(model);
        if (!row) return;
        row.querySelectorAll(".lx-cells canvas").forEach((canvas, i) => {
          canvas.hidden = i >= shown;
          if (i < shown) draw(canvas, shown * place + i, value.kind);
          canvas.title = i < shown ? fill(words.read, { digit: read[i] }) : "";
        });
        luoxia.tally(
          row.querySelector("svg"),
          counts.map((count) => count / value.count),
          value.shares[model],
          words.bar,
        );
        row.dataset.missing = counts.filter((count) => !count).length;
        if (counts.includes(0)) without.push(model);
      });
      const names = [...rows.keys()].filter((model) => without.includes(model)).map((model) => words[`model_${model}`])
        .join(luoxia.lang === "zh" ? "；" : "; ");
      luoxia.sentence(
        root.querySelector(".lx-verdict"),
        names ? fill(words.says, { count: value.count, names }) : fill(words.says_none, { count: value.count }),
      );
    });
  };
})();
