// What several networks make from the same seed, side by side, and charts below. Value: {made: [{name, text} or {name,
// read: [digit], wrong: [flag]}], charts: [as luoxia.chart takes them], and where there are pictures, a sheet of them}
(() => {
  const { make } = luoxia;

  luoxia.outputs = (element, props, watch) => {
    const root = element.querySelector(".lx-outputs"), sides = [...root.querySelectorAll(".lx-made-by > figure")];
    const plots = [...root.querySelectorAll(".lx-plots svg")];
    let ticket = 0, again = () => {};

    function pictures(box, side, start, draw) {
      box.hidden = false;
      while (box.children.length > side.read.length) box.lastChild.remove();
      while (box.children.length < side.read.length) {
        box.append(make("figure", {}, make("canvas"), make("figcaption")));
      }
      [...box.children].forEach((cell, i) => {
        const canvas = cell.querySelector("canvas"), words = cell.querySelector("figcaption");
        draw(canvas, start + i);
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", `${side.name} · ${side.read[i]}`);
        words.textContent = side.read[i];
        words.classList.toggle("lx-misread", side.wrong[i]);
      });
    }

    async function load() {
      const value = props.value;
      if (!value || !value.made) return;
      const mine = ++ticket, draw = value.sheets ? await luoxia.openSheet(value) : null;
      if (mine !== ticket) return;
      again = () => {
        let start = 0;
        value.made.forEach((side, i) => {
          const box = sides[i].querySelector(".lx-cells"), line = sides[i].querySelector(".lx-made");
          sides[i].querySelector(":scope > figcaption").textContent = side.name;
          [line.hidden, line.textContent] = [side.text === undefined, side.text || ""];
          box.hidden = side.text !== undefined;
          if (side.read) pictures(box, side, start, draw);
          start += side.read ? side.read.length : 0;
        });
        value.charts.forEach((chart, i) => luoxia.chart(plots[i], chart));
        for (const kind of ["reed", "water"]) { // curves that are not there of every network
          const more = value.charts.some((chart) => chart.lines.some((line) => line.kind === kind));
          root.querySelectorAll(`.lx-hue-${kind}`).forEach((words) => words.hidden = !more);
        }
      };
      again();
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    }
    luoxia.onTheme(() => again());
    watch("value", load);
    load();
  };
})();
