// Views with a column per number of the code: what it costs (bars) or which factor it answers to (heat), and below it
// the picture while that number alone is moved. `luoxia.betas` and `luoxia.factors`.
(() => {
  const { make, fill } = luoxia;

  // Rows of tiles under the columns, the values that a dimension is given beside them; two tiles come before them all.
  function traversals(box, value, draw, { order, dead, chosen = -1 }) {
    const count = order.length, shape = `${count}x${value.values.length}`;
    if (box.dataset.shape !== shape) {
      box.dataset.shape = shape;
      box.style.setProperty("--columns", count);
      box.querySelectorAll(".lx-tile, .lx-value").forEach((part) => part.remove());
      value.values.forEach((at, row) => {
        box.append(make("span", { className: "lx-value", textContent: String(at).replace("-", "−") }));
        for (let i = 0; i < count; i++) {
          const canvas = make("canvas", { className: "lx-tile" });
          [canvas.dataset.column, canvas.dataset.row] = [i, row];
          box.append(canvas);
        }
      });
    }
    box.querySelectorAll(".lx-tile").forEach((canvas) => {
      const i = +canvas.dataset.column;
      draw(canvas, 2 + order[i] * value.values.length + +canvas.dataset.row);
      canvas.classList.toggle("lx-dead", dead[i]);
      canvas.classList.toggle("lx-chosen", order[i] === chosen);
    });
  }

  // Value: {sheets, ..., beta, asked, reconstruction_nats, kl_dimensions: [nats], mean_kl: [nats] or null,
  //  dead: [true where dead], order: dimensions as they are shown, curve: [[beta, reconstruction, kl]] or null, values}
  luoxia.betas = (element, props, watch) => {
    const root = element.querySelector(".lx-betas"), words = JSON.parse(root.dataset.words);
    const grid = root.querySelector(".lx-dims"), line = root.querySelector(".lx-verdict");

    function bars(value) {
      const top = Math.max(1, ...value.kl_dimensions, ...(value.mean_kl || []));
      grid.querySelectorAll(".lx-cost, .lx-no").forEach((part) => part.remove());
      const bar = (kind, nats, name) => {
        const one = make("span", { className: kind, title: `${name} ${nats.toFixed(2)} ${words.nats}` });
        one.style.height = `${Math.max(nats > 0 ? 1 : 0, (100 * nats) / top)}%`;
        return one;
      };
      const costs = value.order.map((i) =>
        make(
          "span",
          { className: `lx-cost${value.dead[i] ? " lx-dead" : ""}` },
          ...(value.mean_kl ? [bar("lx-mean", value.mean_kl[i], words.mean)] : []),
          bar("lx-own", value.kl_dimensions[i], words.own),
        )
      );
      const names = value.order.map((i) => make("span", { className: "lx-no", textContent: i + 1 }));
      const high = make("span", { className: "lx-cost lx-scale", textContent: `${top.toFixed(1)} ${words.nats}` });
      grid.prepend(high, ...costs, make("span", { className: "lx-no lx-side", textContent: words.number }), ...names);
    }

    luoxia.sheet(element, props, watch, (value, draw) => {
      const canvases = luoxia.panes(root.querySelector(".lx-panes"), [words.picture, words.rebuilt]);
      canvases.forEach((canvas, i) => draw(canvas, i));
      bars(value);
      traversals(grid, value, draw, { order: value.order, dead: value.order.map((i) => value.dead[i]) });
      const dead = value.dead.filter(Boolean).length, used = value.dead.length - dead;
      const facts = {
        beta: value.beta,
        asked: value.asked,
        dead,
        used,
        all: value.dead.length,
        reconstruction: value.reconstruction_nats.toFixed(1),
        kl: value.kl_dimensions.reduce((sum, nats) => sum + nats, 0).toFixed(1),
      };
      const asked = value.asked === value.beta ? "" : fill(words.nearest, facts);
      const said = [asked, fill(dead ? words.says : words.says_all, facts), fill(words.costs, facts)];
      luoxia.sentence(line, said.filter(Boolean).join(luoxia.lang === "zh" ? "" : " "));
      root.dataset.beta = value.beta;
      const plot = root.querySelector("figure.lx-chart");
      plot.hidden = !value.curve;
      if (!value.curve) return;
      const log = (beta) => Math.log2(beta);
      const of = (column) => value.curve.map((point) => [log(point[0]), point[column]]);
      const dot = (points) => points.filter(([at]) => at === log(value.beta));
      const [reconstruction, kl] = [of(1), of(2)];
      luoxia.chart(plot.querySelector("svg"), {
        x: [log(value.curve[0][0]), log(value.curve.at(-1)[0])],
        y: [0, 1.1 * Math.max(...value.curve.map((p) => Math.max(p[1], p[2])))],
        xs: value.curve.map(([beta]) => [log(beta), beta]),
        across: words.across,
        up: words.up,
        lines: [{ kind: "glow", points: reconstruction, dots: dot(reconstruction) }, {
          kind: "water",
          points: kl,
          dots: dot(kl),
        }],
      });
    });
  };

  // Value: {sheets, ..., dimension (from 0), mean: [D], deviation: [D], information: [[share] x 5] x D or null, values}
  luoxia.factors = (element, props, watch, trigger, event) => {
    const root = element.querySelector(".lx-factors"), words = JSON.parse(root.dataset.words);
    const grid = root.querySelector(".lx-dims"), line = root.querySelector(".lx-verdict");
    const range = root.querySelector("input[type=range]"), output = root.querySelector(".lx-scrub output");
    const play = root.querySelector(".lx-play");
    let value = null, draw = null, timer = 0;

    function heat() {
      grid.querySelectorAll(".lx-heat, .lx-no").forEach((part) => part.remove());
      const name = (i) => {
        const one = make("span", {
          className: `lx-no${i === value.dimension ? " lx-chosen" : ""}`,
          textContent: i + 1,
        });
        one.dataset.column = i;
        return one;
      };
      const names = [
        make("span", { className: "lx-no lx-side", textContent: words.number }),
        ...value.mean.map((_, i) => name(i)),
      ];
      const rows = value.information
        ? words.factors.split("|").flatMap((factor, k) => [
          make("span", { className: "lx-heat lx-side", textContent: factor }),
          ...value.information.map((shares, i) => {
            const cell = make("span", {
              className: `lx-heat${i === value.dimension ? " lx-chosen" : ""}`,
              textContent: Math.round(100 * shares[k]),
            });
            cell.dataset.column = i;
            // at most 60 %, so that the number stays legible
            cell.style.setProperty("--share", `${Math.round(60 * Math.min(1, shares[k]))}%`);
            cell.classList.toggle("lx-strong-heat", shares[k] > 0.5);
            return cell;
          }),
        ])
        : [];
      grid.prepend(...names, ...rows);
    }

    function tell() {
      const i = value.dimension, facts = { dimension: i + 1 };
      if (!value.information) return fill(words.says_none, facts);
      const shares = value.information[i], best = shares.indexOf(Math.max(...shares));
      if (shares[best] < 0.05) return fill(words.dead, facts);
      return fill(words.moves, {
        ...facts,
        factor: words.factors.split("|")[best],
        share: Math.round(100 * shares[best]),
      });
    }

    function show(row) {
      if (!value) return;
      const canvas = root.querySelectorAll(".lx-panes canvas")[2];
      draw(canvas, 2 + value.dimension * value.values.length + row);
      output.textContent = `${words.number} ${value.dimension + 1} = ${String(value.values[row]).replace("-", "−")}`;
      grid.querySelectorAll(".lx-tile").forEach((tile) =>
        tile.classList.toggle("lx-now", +tile.dataset.column === value.dimension && +tile.dataset.row === row)
      );
      range.value = row;
      luoxia.filled(range);
      range.setAttribute("aria-valuetext", output.textContent);
      root.dataset.frame = row;
    }

    const stop = () => {
      clearInterval(timer);
      timer = 0;
      play.classList.remove("lx-playing");
    };
    function start() {
      stop();
      play.classList.add("lx-playing");
      let at = +range.value;
      timer = setInterval(() => {
        if (!element.isConnected) return stop();
        const last = value.values.length - 1;
        at = (at + 1) % (2 * last);
        if (root.offsetParent) show(at <= last ? at : 2 * last - at);
      }, 220);
    }
    play.addEventListener("click", () => (timer ? stop() : value && start()));
    range.addEventListener("input", () => {
      stop();
      show(+range.value);
    });
    grid.addEventListener("click", ({ target }) => { // a column stands for its number, a tile for its value too
      if (!value || target.dataset.column === undefined) return;
      if (target.dataset.row !== undefined) {
        stop();
        range.value = target.dataset.row;
        show(+range.value);
      }
      luoxia.column = +target.dataset.column + 1;
      trigger(event);
    });

    luoxia.sheet(element, props, watch, (...now) => {
      [value, draw] = now;
      const canvases = luoxia.panes(root.querySelector(".lx-panes"), [words.picture, words.rebuilt, words.moving]);
      [0, 1].forEach((i) => draw(canvases[i], i));
      heat();
      traversals(grid, value, draw, {
        order: value.mean.map((_, i) => i),
        chosen: value.dimension,
        dead: value.mean.map((_, i) => value.information && Math.max(...value.information[i]) < 0.05),
      });
      luoxia.sentence(line, tell());
      range.max = value.values.length - 1;
      root.dataset.dimension = value.dimension + 1;
      const first = root.dataset.frame === undefined;
      show(first ? value.values.length - 1 : +range.value);
      if (first && !luoxia.calm()) start();
    });
  };
})();
