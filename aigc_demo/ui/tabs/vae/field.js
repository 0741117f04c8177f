// The plane of codes on a canvas: both axes from -4 to 4, test digits as dots in the colours of their classes, how
// densely they lie, the circles of the prior; or, instead of dots, a picture decoded in every cell.
(() => {
  const REACH = 4, GRID = 112; // half a side in code units; cells of the shading along a side
  const FEWEST = 8, APART = 16; // digits that a name needs around it, and pixels to the next name

  // How densely codes lie: every digit counts as its own normal, as wide as its posterior. -> GRID x GRID in [0, 1]
  function density(points, deviations) {
    const cells = new Float32Array(GRID * GRID), step = (2 * REACH) / GRID;
    for (let n = 0; n < points.length / 2; n++) {
      const [wide, high] = [0, 1].map((axis) => Math.max(0.09, deviations ? deviations[2 * n + axis] : 0));
      const across = profile(points[2 * n], wide, step), up = profile(points[2 * n + 1], high, step);
      for (let j = up.first; j < up.first + up.values.length; j++) {
        for (let i = across.first; i < across.first + across.values.length; i++) {
          cells[j * GRID + i] += (across.values[i - across.first] * up.values[j - up.first]) / (wide * high);
        }
      }
    }
    const top = cells.reduce((most, value) => Math.max(most, value), 1e-9);
    return cells.map((value) => value / top);
  }

  function profile(centre, deviation, step) {
    const at = (centre + REACH) / step - 0.5, far = (3 * deviation) / step;
    const first = Math.max(0, Math.ceil(at - far)), last = Math.min(GRID - 1, Math.floor(at + far));
    const values = new Float32Array(Math.max(0, last - first + 1));
    for (let i = 0; i < values.length; i++) values[i] = Math.exp(-0.5 * (((first + i - at) * step) / deviation) ** 2);
    return { first, values };
  }

  // where to write the name of every class: the middle of its codes in the cell that is most its own
  function middles(points, labels) {
    const cells = 24,
      step = (2 * REACH) / cells,
      counts = Array.from({ length: 10 }, () => new Float32Array(cells * cells));
    const cellOf = (n) =>
      [0, 1].map((axis) => Math.max(1, Math.min(cells - 2, Math.floor((points[2 * n + axis] + REACH) / step))));
    const around = [-1, 0, 1].flatMap((j) => [-1, 0, 1].map((i) => [i, j]));
    labels.forEach((label, n) => {
      const [i, j] = cellOf(n);
      around.forEach(([di, dj]) => {
        counts[label][(j + dj) * cells + i + di] += 1;
      });
    });
    const best = counts.map((own) => {
      const margin = Array.from(
        own,
        (count, cell) => 1.5 * count - 0.5 * counts.reduce((sum, other) => sum + other[cell], 0),
      );
      return margin.indexOf(Math.max(...margin));
    });
    const sums = best.map(() => [0, 0, 0]);
    labels.forEach((label, n) => {
      const [i, j] = cellOf(n), [bi, bj] = [best[label] % cells, Math.floor(best[label] / cells)];
      if (Math.abs(i - bi) > 1 || Math.abs(j - bj) > 1) return;
      sums[label] = [sums[label][0] + points[2 * n], sums[label][1] + points[2 * n + 1], sums[label][2] + 1];
    });
    return sums.map(([x, y, count]) => (count >= FEWEST ? [x / count, y / count] : null));
  }

  const colours = (element) => {
    const css = getComputedStyle(element);
    const token = (name) => css.getPropertyValue(name).trim();
    const named = Object.fromEntries(
      ["surface", "line", "ink", "mist", "glow", "edge"].map((name) => [name, token(`--lx-${name}`)]),
    );
    return { ...named, font: css.fontFamily, classes: Array.from({ length: 10 }, (_, i) => token(`--lx-class-${i}`)) };
  };

  // A field on `canvas`. draw({points, deviations, labels, only, named, tiles, rings}); share and code turn codes into
  // shares of the side and back.
  luoxia.field = (canvas) => {
    const context = canvas.getContext("2d");
    const kept = new WeakMap(); // points -> shading
    let side = 0;

    const share = (x, y) => [(x + REACH) / (2 * REACH), (REACH - y) / (2 * REACH)];
    const place = (x, y) => share(x, y).map((part) => part * side);
    const code = (across, down) =>
      [across * 2 * REACH - REACH, REACH - down * 2 * REACH].map((v) => Math.max(-REACH, Math.min(REACH, v)));

    function size() {
      const scale = window.devicePixelRatio || 1;
      side = canvas.clientWidth;
      const pixels = Math.round(side * scale);
      if (canvas.width !== pixels) [canvas.width, canvas.height] = [pixels, pixels];
      context.setTransform(scale, 0, 0, scale, 0, 0);
    }

    function shading(points, deviations, ink) {
      if (!kept.has(points)) kept.set(points, density(points, deviations));
      const cells = kept.get(points), small = document.createElement("canvas");
      [small.width, small.height] = [GRID, GRID];
      const pen = small.getContext("2d"), image = pen.createImageData(GRID, GRID);
      pen.fillStyle = ink;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
      cells.forEach((value, n) => {
        const row = GRID - 1 - Math.floor(n / GRID);
        image.data.set([r, g, b, 46 * Math.sqrt(value)], 4 * (row * GRID + (n % GRID)));
      });
      pen.putImageData(image, 0, 0);
      context.imageSmoothingEnabled = true;
      context.drawImage(small, 0, 0, side, side);
    }

    function axes(look) {
      context.strokeStyle = look.line;
      context.lineWidth = 1;
      context.fillStyle = look.mist;
      context.font = `11px ${look.font}`;
      for (let v = 1 - REACH; v < REACH; v++) {
        const [at, middle] = [place(v, 0)[0], place(0, 0)[0]];
        const reach = v ? 3 : middle;
        context.beginPath();
        context.moveTo(at, middle - reach);
        context.lineTo(at, middle + reach);
        context.moveTo(middle - reach, place(0, v)[1]);
        context.lineTo(middle + reach, place(0, v)[1]);
        context.stroke();
      }
    }

    function ticks(look) {
      for (const v of [1 - REACH, REACH - 1]) {
        words(String(v).replace("-", "−"), place(v, 0)[0], place(0, 0)[1] + 13, look, look.mist, 11);
        words(String(v).replace("-", "−"), place(0, 0)[0] - 12, place(0, v)[1], look, look.mist, 11);
      }
    }

    function words(text, x, y, look, colour, pixels, weight = 400) {
      context.font = `${weight} ${pixels}px ${look.font}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.lineJoin = "round";
      context.lineWidth = 4;
      context.strokeStyle = look.surface;
      context.strokeText(text, x, y);
      context.fillStyle = colour;
      context.fillText(text, x, y);
    }

    function names(codes, look) {
      const written = [];
      codes.forEach((code, digit) => {
        const at = code && place(...code);
        if (!at || written.some(([x, y]) => Math.hypot(x - at[0], y - at[1]) < APART)) return;
        written.push(at);
        words(String(digit), ...at, look, look.ink, 15, 650);
      });
    }

    function dots({ points, labels, only }, look) {
      const radius = Math.max(1.6, side / 260);
      for (const dim of [true, false]) { // those in the background first
        for (let n = 0; n < labels.length; n++) {
          const faded = only !== null && labels[n] !== only;
          if (faded !== dim) continue;
          const [x, y] = place(points[2 * n], points[2 * n + 1]);
          context.globalAlpha = faded ? 0.07 : 0.85;
          context.fillStyle = look.classes[labels[n]];
          context.beginPath();
          context.arc(x, y, radius, 0, 7);
          context.fill();
        }
      }
      context.globalAlpha = 1;
    }

    function circles(rings, look, bold) {
      context.setLineDash([5, 4]);
      rings.forEach((_, i) => {
        context.beginPath();
        context.arc(...place(0, 0), ((i + 1) / (2 * REACH)) * side, 0, 7);
        context.strokeStyle = bold ? look.glow : look.ink;
        context.lineWidth = bold ? 2 : 1.25;
        context.stroke();
      });
      context.setLineDash([]);
    }

    function draw(what) {
      size();
      if (!side) return;
      const look = colours(canvas);
      context.clearRect(0, 0, side, side);
      if (what.tiles) {
        context.imageSmoothingEnabled = false;
        context.drawImage(what.tiles, 0, 0, side, side);
        circles(what.rings, look, true);
      } else {
        axes(look);
        if (what.points) {
          shading(what.points, what.deviations, look.ink);
          dots(what, look);
        }
        circles(what.rings, look, false);
        ticks(look);
        if (what.points && what.named && what.only === null) {
          names(middles(what.points, what.labels), look);
        }
      }
      // at the upper left of its circle, where no middle of a digit lies
      what.rings.forEach((text, i) =>
        words(text, ...place(...[-1, 1].map((s) => s * (i + 1) * Math.SQRT1_2)), look, look.ink, 12)
      );
    }

    return { draw, share, code, reach: REACH };
  };
})();
