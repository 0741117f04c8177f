// Pictures with words around them, tables, verdicts, and the time machine of a training.
(() => {
  const tag = (name, words, kind) => {
    const element = document.createElement(name);
    if (words !== undefined) element.textContent = words;
    if (kind) element.className = kind;
    return element;
  };

  // {sheets: [one], counts: [n], w, h, rows: [words], columns: [words], notes: [words] or null}
  luoxia.mosaic = (element, props, watch) => {
    const tiles = element.querySelector(".lx-tiles");
    let bitmap = null, meta = null, ticket = 0;

    function paint() {
      if (!bitmap) return;
      const { w, h, columns } = meta, table = luoxia.palette(false);
      const scratch = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      [scratch.canvas.width, scratch.canvas.height] = [w, h];
      tiles.querySelectorAll("canvas").forEach((canvas, i) => {
        scratch.drawImage(bitmap, i * w, 0, w, h, 0, 0, w, h);
        const pixels = scratch.getImageData(0, 0, w, h);
        if (meta.colour) canvas.getContext("2d").putImageData(pixels, 0, 0);
        else luoxia.paint(canvas, pixels.data, table);
      });
      tiles.dataset.columns = columns.length;
    }

    function lay() {
      const { w, h, rows, columns, notes } = meta;
      const named = rows.some((row) => row);
      const shape = `${rows.length}x${columns.length}x${w}`;
      if (tiles.dataset.shape !== shape) {
        tiles.dataset.shape = shape;
        tiles.style.setProperty("--columns", columns.length);
        tiles.classList.toggle("lx-named", named);
        const parts = named ? [tag("span")] : [];
        parts.push(...columns.map((words) => tag("span", words, "lx-column")));
        rows.forEach((row, r) => {
          if (named) parts.push(tag("span", row, "lx-row"));
          columns.forEach((column, c) => {
            const cell = tag("figure");
            const canvas = tag("canvas");
            [canvas.width, canvas.height] = [w, h];
            canvas.setAttribute("role", "img");
            canvas.setAttribute("aria-label", `${row} ${column}`.trim() || String(r * columns.length + c + 1));
            cell.append(canvas);
            if (notes) cell.append(tag("figcaption"));
            parts.push(cell);
          });
        });
        tiles.replaceChildren(...parts);
      }
      tiles.querySelectorAll(".lx-column").forEach((span, i) => {
        span.textContent = columns[i];
      });
      tiles.querySelectorAll("figcaption").forEach((caption, i) => {
        caption.textContent = notes ? notes[i] : "";
      });
    }

    async function load() {
      const value = props.value;
      if (!value || !value.sheets) return;
      const mine = ++ticket;
      const loaded = await createImageBitmap(await (await fetch(value.sheets[0].url)).blob());
      if (mine !== ticket) return;
      bitmap = loaded;
      meta = value;
      lay();
      paint();
      element.querySelector(".lx-mosaic").dataset.ready = value.counts[0];
    }
    luoxia.onTheme(paint);
    watch("value", load);
    load();
  };

  // a number and its unit, or both sides of a ±, on one line
  const together = (words) =>
    String(words ?? "").replace(/(\d) (?=(%|[kM]?B|[kM]|m?s|dB|毫秒|秒)(\s|$))| (?=± )|(?<=±) /g, "$1\u00a0");

  // {head: [words], rows: [[words]], mark: number or null}
  luoxia.table = (element, props, watch) => {
    const table = element.querySelector("table");
    const load = () => {
      const value = props.value;
      if (!value) return;
      const head = tag("thead"), body = tag("tbody"), top = tag("tr");
      value.head.forEach((words) => {
        const cell = tag("th", words);
        cell.scope = "col";
        top.append(cell);
      });
      head.append(top);
      value.rows.forEach((row, i) => {
        const line = tag("tr", undefined, i === value.mark ? "lx-mark" : "");
        row.forEach((words) => line.append(tag("td", together(words))));
        body.append(line);
      });
      table.replaceChildren(head, body);
      const box = table.parentElement, marked = table.querySelector(".lx-mark");
      box.tabIndex = 0;
      box.scrollTop = marked ? marked.offsetTop - 60 : 0;
    };
    watch("value", load);
    load();
  };

  // {head, rows, mark} of a table, {gaps: [largest difference], tolerance, words: {up, across, limit}}
  luoxia.layerBars = (element, props, watch) => {
    const root = element.querySelector(".lx-gaps"), picture = root.querySelector("svg");
    const folded = root.querySelector("details"), box = folded.querySelector(".lx-table");
    const power = (at) => `10${[...String(at)].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("")}`;
    const load = () => {
      const value = props.value;
      root.hidden = !value;
      if (!value) return;
      const { gaps, tolerance, words } = value, found = gaps.filter((gap) => gap > 0).map(Math.log10);
      const low = Math.floor(Math.min(-7, ...found)) - 1, high = Math.ceil(Math.max(-2, ...found));
      const ticks = Array.from({ length: high - low + 1 }, (_, i) => low + i).filter((at) => at % 2 === 0);
      luoxia.chart(picture, {
        x: [0, gaps.length],
        y: [low, high],
        xs: [],
        ys: ticks.map((at) => [at, power(at)]),
        across: words.across,
        up: words.up,
        bars: gaps.map((gap, i) => [i, i + 1, gap > 0 ? Math.log10(gap) : low]),
        level: { at: Math.log10(tolerance), words: words.limit },
        band: found.length ? null : { from: low, to: low + 1, words: words.none },
      });
      picture.querySelectorAll(".lx-bar").forEach((bar, i) => {
        bar.classList.toggle("lx-over", value.mark !== null && i >= value.mark && gaps[i] > tolerance);
        const name = document.createElementNS(bar.namespaceURI, "title");
        name.textContent = value.rows[i].slice(0, 3).join(" · ");
        bar.append(name);
      });
    };
    luoxia.table(element, props, watch);
    folded.addEventListener("toggle", () => {
      const marked = folded.open && box.querySelector(".lx-mark");
      box.scrollTop = marked ? marked.offsetTop - 60 : 0;
    });
    watch("value", load);
    load();
  };

  // {words, good}
  luoxia.verdict = (element, props, watch) => {
    const line = element.querySelector(".lx-verdict");
    const load = () => {
      const value = props.value;
      line.hidden = !value || !value.words;
      if (line.hidden) return;
      line.textContent = luoxia.fill(value.words, value.values || {});
      line.classList.toggle("lx-bad", !value.good);
      luoxia.say(line.textContent);
    };
    watch("value", load);
    load();
  };

  // {sheet: url, tile: {width, height}, snapshots: [{pictures, minutes, class_accuracy}], curve: [{pictures, loss}],
  // guess_loss}
  luoxia.machine = (element, props, watch) => {
    const root = element.querySelector(".lx-machine");
    const canvas = root.querySelector("canvas");
    const range = root.querySelector("input[type=range]");
    const output = root.querySelector("output");
    const play = root.querySelector("button");
    const facts = root.querySelector(".lx-facts-line");
    const words = JSON.parse(root.dataset.words);
    const sheet = new Image();
    let value = null;

    // both axes are logarithmic: most is learned from the first pictures
    function chart(snapshot, near) {
      const log = (point) => [Math.log10(Math.max(point.pictures, first)), Math.log10(point.loss)];
      const first = value.curve[0].pictures, points = value.curve.map(log), guess = Math.log10(value.guess_loss);
      const heights = [...points.map((point) => point[1]), guess], x = [points[0][0], points.at(-1)[0]];
      const y = [Math.min(...heights) - 0.04, Math.max(...heights) + 0.04];
      const inside = (ends, all) =>
        all.map((one) => [Math.log10(one), one < 1000 ? String(one) : luoxia.count(one)]).filter(([at]) =>
          at >= ends[0] && at <= ends[1]
        );
      luoxia.chart(root.querySelector(".lx-chart svg"), {
        x,
        y,
        xs: inside(x, [1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6]),
        ys: inside(y, [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]),
        across: words.pictures,
        up: words.loss,
        lines: [{ kind: "water", points, dots: [log({ pictures: snapshot.pictures, loss: near.loss })] }],
        level: { at: guess, words: words.guess },
      });
    }

    function draw(index) {
      if (!value || !sheet.complete || !sheet.naturalWidth) return;
      const snapshot = value.snapshots[index], w = value.tile.width, h = value.tile.height;
      [canvas.width, canvas.height] = [w, h];
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.drawImage(sheet, 0, index * h, w, h, 0, 0, w, h);
      luoxia.paint(canvas, context.getImageData(0, 0, w, h).data, luoxia.palette(false));
      const near = value.curve.reduce((
        best,
        point,
      ) => (Math.abs(point.pictures - snapshot.pictures) < Math.abs(best.pictures - snapshot.pictures) ? point : best));
      chart(snapshot, near);
      const count = snapshot.pictures.toLocaleString("en-US");
      output.textContent = `${index + 1} / ${value.snapshots.length} · ${count} ${words.pictures}`;
      facts.textContent = `${snapshot.minutes.toFixed(1)} ${words.minutes} · ${words.loss} ${
        near.loss.toFixed(3)
      } · ${words.right} ${(100 * snapshot.class_accuracy).toFixed(0)} %`;
      range.value = index;
      luoxia.filled(range);
      range.setAttribute("aria-valuetext", `${output.textContent} · ${facts.textContent}`);
      root.dataset.frame = index;
    }

    luoxia.player(root, play, range, draw, 700);

    function load() {
      value = props.value;
      if (!value || !value.snapshots) return;
      range.max = value.snapshots.length - 1;
      sheet.onload = () => {
        draw(0);
        root.dataset.ready = "1";
      };
      sheet.src = value.sheet;
    }
    luoxia.onTheme(() => draw(+range.value));
    watch("value", load);
    load();
  };
})();
