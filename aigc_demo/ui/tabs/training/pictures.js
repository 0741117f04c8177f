// Rows of small pictures with words, then charts and a line of facts.
// Value: {sheets: [one], w, h, kind: "grey" or "colour", rows: [{name, start, count, columns, small, notes: [words]}],
// charts, facts, told: [sentences]}; words are a text, or [text with {places}, what goes there]; a chart is as
// luoxia.chart takes it, or null
(() => {
  const { fill, make } = luoxia;
  const said = (words) => Array.isArray(words) ? fill(...words) : words || "";

  luoxia.batches = (element, props, watch) => {
    const root = element.querySelector(".lx-batches"), box = root.querySelector(".lx-batch-rows");
    const plots = [...root.querySelectorAll(".lx-chart")], facts = root.querySelector(".lx-batch-facts");
    const list = root.querySelector(".lx-told");
    let ticket = 0, again = () => {};

    function lay(rows) {
      const shape = rows.map((row) => `${row.count}${row.notes ? "n" : ""}${row.small ? "s" : ""}`).join();
      if (box.dataset.shape === shape) return;
      box.dataset.shape = shape;
      box.replaceChildren(...rows.map((row) =>
        make(
          "figure",
          { className: row.small ? "lx-batch lx-batch-small" : "lx-batch", style: `--columns:${row.columns}` },
          make("figcaption"),
          make(
            "div",
            {},
            ...Array.from(
              { length: row.count },
              () => make("figure", {}, make("canvas"), ...(row.notes ? [make("figcaption")] : [])),
            ),
          ),
        )
      ));
    }

    async function load() {
      const value = props.value;
      root.hidden = !value;
      if (!value) return;
      const mine = ++ticket, draw = value.sheets ? await luoxia.openSheet(value) : null;
      if (mine !== ticket) return;
      again = () => {
        const rows = value.rows || [];
        lay(rows);
        rows.forEach((row, r) => {
          const [name, cells] = box.children[r].children;
          name.textContent = said(row.name);
          [...cells.children].forEach((cell, i) => {
            const canvas = cell.firstChild, words = row.notes ? row.notes[i] : "";
            draw(canvas, row.start + i, value.kind);
            canvas.setAttribute("role", "img");
            canvas.setAttribute("aria-label", `${name.textContent} ${i + 1} ${words}`.trim());
            if (row.notes) cell.lastChild.textContent = words;
          });
        });
        plots.forEach((plot, i) => {
          const chart = (value.charts || [])[i];
          plot.hidden = !chart;
          if (chart) luoxia.chart(plot.querySelector("svg"), chart);
        });
      };
      again();
      facts.textContent = said(value.facts);
      list.replaceChildren(...(value.told || []).map((words) => make("li", { textContent: said(words) })));
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    }
    luoxia.onTheme(() => again());
    watch("value", load);
    load();
  };
})();
