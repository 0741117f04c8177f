// Arithmetic with noise: a - b + c as pictures, and a small grid to choose a, b and c from.
(() => {
  // {sheets: [a, b, c, mended, raw, way...], norms: [a, b, c, raw], usual: [from, to], seeds: [a, b, c], kind}
  luoxia.sum = (element, props, watch) => {
    const root = element.querySelector(".lx-sum"), words = JSON.parse(root.dataset.words);
    const figures = [...root.querySelectorAll("[data-place]")], strip = root.querySelector(".lx-strips");
    luoxia.sheet(element, props, watch, (value, draw) => {
      const count = value.counts[0] - 5, [a, b, c, raw] = value.norms, lengths = [a, b, c, c, raw];
      figures.forEach((figure, place) => {
        draw(figure.querySelector("canvas"), place, value.kind);
        const length = luoxia.fill(words.length, { length: lengths[place].toFixed(1) });
        const seed = place < 3 ? `${luoxia.fill(words.seed, { seed: value.seeds[place] })} · ` : "";
        figure.querySelector("small").textContent = seed + length;
      });
      strip.style.setProperty("--columns", count);
      while (strip.children.length < count + 1) strip.append(luoxia.make("canvas"));
      [...strip.querySelectorAll("canvas")].forEach((canvas, i) => draw(canvas, 5 + i, value.kind));
      const odd = raw < value.usual[0] || raw > value.usual[1];
      luoxia.sentence(
        root.querySelector(".lx-verdict"),
        luoxia.fill(odd ? words.says_odd : words.says_usual, {
          raw: raw.toFixed(1),
          from: value.usual[0].toFixed(1),
          to: value.usual[1].toFixed(1),
          c: c.toFixed(1),
        }),
      );
      element.closest(".lx-bench").dataset.told = String(value.told);
      element.closest(".lx-bench").querySelector(".lx-pool")?.place(value.seeds);
    });
  };

  // {sheets, seeds: [seed], digits, kind}: which of a, b and c comes next is chosen above the grid, and moves on
  luoxia.pool = (element, props, watch, trigger, event) => {
    const root = element.querySelector(".lx-pool"), grid = root.querySelector(".lx-cells");
    const slots = [...root.querySelectorAll(".lx-slots button")], words = JSON.parse(root.dataset.words);
    const names = ["a", "b", "c"];
    let value = null, next = 0, placed = [];
    const mark = () => {
      slots.forEach((slot, i) => slot.setAttribute("aria-pressed", String(i === next)));
      grid.querySelectorAll("button").forEach((cell, place) => {
        const seen = value ? names.filter((_, i) => placed[i] === value.seeds[place]) : [];
        cell.setAttribute("aria-pressed", String(seen.length > 0));
        cell.dataset.mark = seen.join(" ");
      });
    };
    root.place = (seeds) => {
      placed = seeds;
      mark();
    };
    slots.forEach((slot, i) =>
      slot.addEventListener("click", () => {
        next = i;
        mark();
      })
    );
    grid.addEventListener("click", (click) => {
      const place = [...grid.children].indexOf(click.target.closest("button"));
      if (place < 0) return;
      luoxia.slot = [next, value.seeds[place]];
      next = (next + 1) % 3;
      trigger(event);
      mark();
    });
    luoxia.sheet(element, props, watch, (now, draw) => {
      value = now;
      const labels = value.seeds.map((seed) => luoxia.fill(words.seed, { seed }));
      luoxia.cells(grid, labels).forEach((cell, place) => draw(cell.firstChild, place, value.kind));
      mark();
    });
  };
  luoxia.placed = (...seeds) => seeds.map((seed, i) => (i === luoxia.slot[0] ? luoxia.slot[1] : seed));
})();
