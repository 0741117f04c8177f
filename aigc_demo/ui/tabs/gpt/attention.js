// Attention of every head: small maps, one large with the characters along both sides, and the same on the text itself.
// Value: {text, cut, layers, heads, weights: base64 of 255 * share, rows up to the diagonal, next: [[character, p]]}
(() => {
  const { fill, make } = luoxia;
  const bytes = (packed) => Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const token = (name) => getComputedStyle(document.body).getPropertyValue(`--lx-${name}`).trim();
  const rgb = (colour) => {
    const probe = make("canvas", { width: 1, height: 1 }).getContext("2d");
    probe.fillStyle = colour;
    probe.fillRect(0, 0, 1, 1);
    return probe.getImageData(0, 0, 1, 1).data;
  };
  const shade = (share) => Math.min(1, 1.1 * share ** 0.6); // small shares can be seen too

  luoxia.heads = (element, props, watch) => {
    const root = element.querySelector(".lx-attend"), words = JSON.parse(root.dataset.words);
    const grid = root.querySelector(".lx-attend-grid"), large = root.querySelector(".lx-attend-large canvas");
    const [title, about] = root.querySelectorAll(".lx-attend-large figcaption > *");
    const box = root.querySelector(".lx-seen"), line = root.querySelector(".lx-verdict");
    const cut = root.querySelector(".lx-cut"), next = root.querySelector(".lx-next");
    let value = null, weights = null, letters = [], size = 0, chosen = null, row = -1, held = -1;

    // share that character i takes from j, by a head
    const share = (
      layer,
      head,
      i,
      j,
    ) => (j > i ? 0 : weights[(layer * value.heads + head) * size + (i * (i + 1)) / 2 + j] / 255);

    function small(canvas, layer, head, glow, paper) {
      const count = letters.length, context = canvas.getContext("2d");
      [canvas.width, canvas.height] = [count, count];
      const out = context.createImageData(count, count);
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < count; j++) {
          const part = shade(share(layer, head, i, j)), at = 4 * (i * count + j);
          for (let c = 0; c < 3; c++) out.data[at + c] = paper[c] + part * (glow[c] - paper[c]);
          out.data[at + 3] = j > i ? 0 : 255;
        }
      }
      context.putImageData(out, 0, 0);
    }

    function paint() {
      if (!value) return;
      const glow = rgb(token("glow")), paper = rgb(token("surface"));
      grid.querySelectorAll("button").forEach((button) => {
        small(button.firstChild, +button.dataset.layer, +button.dataset.head, glow, paper);
        button.setAttribute(
          "aria-pressed",
          String(+button.dataset.layer === chosen[0] && +button.dataset.head === chosen[1]),
        );
      });
      map();
    }

    // the large map: rows look at columns; what lies ahead is hatched
    function map() {
      const count = letters.length, scale = devicePixelRatio || 1, width = large.clientWidth;
      if (!width || !count) return;
      const side = Math.max(14, Math.min(26, width / 24)), cell = (width - side) / count;
      [large.width, large.height] = [width * scale, width * scale];
      const pen = large.getContext("2d");
      pen.setTransform(scale, 0, 0, scale, 0, 0);
      const [glow, ink, mist, edge, surface] = ["glow", "ink", "mist", "line", "surface"].map(token);
      pen.fillStyle = surface;
      pen.fillRect(side, side, width - side, width - side);
      pen.save(); // ahead
      pen.beginPath();
      pen.moveTo(side + cell, side);
      for (let i = 0; i < count; i++) {
        pen.lineTo(side + (i + 1) * cell, side + i * cell);
        pen.lineTo(side + (i + 1) * cell, side + (i + 1) * cell);
      }
      pen.lineTo(width, side);
      pen.clip();
      pen.strokeStyle = edge;
      pen.lineWidth = 1;
      pen.beginPath();
      for (let at = -width; at < width; at += 7) {
        pen.moveTo(side + at, width);
        pen.lineTo(side + at + width, 0);
      }
      pen.stroke();
      pen.restore();
      pen.fillStyle = glow;
      for (let i = 0; i < count; i++) {
        for (let j = 0; j <= i; j++) {
          pen.globalAlpha = shade(share(...chosen, i, j));
          if (pen.globalAlpha > 0.01) pen.fillRect(side + j * cell, side + i * cell, cell + 0.3, cell + 0.3);
        }
      }
      pen.globalAlpha = 1;
      pen.strokeStyle = edge;
      pen.strokeRect(side + 0.5, side + 0.5, width - side - 1, width - side - 1);
      pen.font = `${Math.max(8, Math.min(14, cell * 1.05))}px ${getComputedStyle(large).fontFamily}`;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      letters.forEach((one, i) => {
        const middle = side + (i + 0.5) * cell, sign = luoxia.sign(one), faint = sign !== one;
        pen.fillStyle = i === row ? glow : faint ? mist : ink;
        pen.fillText(sign, side / 2, middle);
        pen.fillStyle = faint ? mist : ink;
        pen.fillText(sign, middle, side / 2);
      });
      if (row >= 0) {
        pen.strokeStyle = ink;
        pen.lineWidth = 1.5;
        pen.strokeRect(side, side + row * cell, (row + 1) * cell, cell);
      }
      large.dataset.cell = cell;
      large.dataset.side = side;
    }

    // the text, tinted by what character `place` takes from each
    function look(place) {
      row = place;
      const spans = [...box.children], count = letters.length;
      const shares = spans.map((_, j) => (place < 0 ? 0 : share(...chosen, place, j)));
      const most = Math.max(...shares, 1e-6);
      spans.forEach((span, j) => {
        span.style.setProperty("--lx-odd", (shares[j] / most * Math.min(1, 0.35 + most)).toFixed(3));
        span.classList.toggle("lx-here", j === place);
        span.classList.toggle("lx-ahead", place >= 0 && j > place);
      });
      const best = shares.map((part, j) => [part, j]).sort((a, b) => b[0] - a[0]).slice(0, 3).filter(([part]) =>
        part >= 0.02
      );
      const name = (j) => `${luoxia.sign(letters[j])}`;
      let sentence = words.none;
      if (place === 0) sentence = fill(words.row_first, { what: name(0) });
      else if (place > 0 && best.length) {
        const [first, ...rest] = best.map(([part, j]) =>
          fill(words.row_other, { what: name(j), share: luoxia.percent(part), place: j + 1 })
        );
        sentence = fill(words.row_looks, {
          place: place + 1,
          count,
          what: name(place),
          first: [first, ...rest].join(luoxia.lang === "zh" ? "，" : ", "),
        }) + (place < count - 1 ? fill(words.masked, { ahead: count - 1 - place }) : "");
      }
      luoxia.sentence(line, sentence);
      root.dataset.row = place;
      map();
    }

    // the last space or line break before character i, -1 without one
    const edge = (i) => {
      let at = i - 1;
      while (at >= 0 && !/\s/.test(letters[at])) at--;
      return at;
    };

    function choose(layer, head) {
      chosen = [layer, head];
      const count = letters.length,
        mean = (offset) => {
          const shares = [];
          for (let i = 1; i < count; i++) if (offset(i) >= 0) shares.push(share(layer, head, i, offset(i)));
          return luoxia.percent(count > 1 ? shares.reduce((a, b) => a + b, 0) / Math.max(1, shares.length) : 1);
        };
      title.textContent = fill(words.head, { layer: layer + 1, head: head + 1 });
      const starts = letters.some((_, i) => edge(i) >= 0) ? `${fill(words.word, { share: mean(edge) })} · ` : "";
      about.textContent = `${starts}${fill(words.before, { share: mean((i) => i - 1) })} · ${
        fill(words.itself, { share: mean((i) => i) })
      } · ${fill(words.first, { share: mean(() => 0) })}`;
      root.dataset.head = `${layer},${head}`;
      paint();
      look(row >= 0 && row < count ? row : count - 1);
    }

    function lay() {
      const shape = `${value.layers}x${value.heads}`;
      if (grid.dataset.shape === shape) return;
      grid.dataset.shape = shape;
      grid.style.setProperty("--heads", value.heads);
      grid.replaceChildren(
        ...Array.from({ length: value.layers }, (_, layer) => [
          make("span", { className: "lx-small", textContent: fill(words.layer, { layer: layer + 1 }) }),
          ...Array.from({ length: value.heads }, (_, head) => {
            const button = make("button", {
              type: "button",
              title: fill(words.head, { layer: layer + 1, head: head + 1 }),
            }, make("canvas"));
            button.setAttribute("aria-label", button.title);
            [button.dataset.layer, button.dataset.head] = [layer, head];
            button.addEventListener("click", () => choose(layer, head));
            return button;
          }),
        ]).flat(),
      );
      chosen = null;
    }

    // the head that looks most at where the word began; of a text without breaks, at the character before
    function telling() {
      const broken = letters.some((_, i) => edge(i) >= 0);
      let best = [0, 0], most = -1;
      for (let layer = 0; layer < value.layers; layer++) {
        for (let head = 0; head < value.heads; head++) {
          let sum = 0;
          for (let i = 2; i < letters.length; i++) {
            const at = broken ? edge(i) : i - 1;
            if (at >= 0 && (!broken || at < i - 1)) sum += share(layer, head, i, at);
          }
          if (sum > most) [most, best] = [sum, [layer, head]];
        }
      }
      return best;
    }

    function load() {
      const now = props.value;
      if (!now || !now.weights) return;
      const same = letters.length === [...now.text].length;
      [value, weights, letters] = [now, bytes(now.weights), [...now.text]];
      size = (letters.length * (letters.length + 1)) / 2;
      lay();
      box.replaceChildren(...letters.map((one, i) => {
        const span = make("span", { className: `lx-token${one === "\n" ? " lx-break" : ""}`, textContent: one });
        span.dataset.i = i;
        return span;
      }));
      if (!same) row = held = -1;
      cut.hidden = !now.cut;
      cut.textContent = now.cut ? fill(words.cut, { count: now.cut, seen: letters.length }) : "";
      next.textContent = fill(words.next, {
        list: now.next.map(([one, p]) => `${luoxia.sign(one)} ${luoxia.percent(p)}`).join(" · "),
      });
      const [layer, head] = chosen || telling();
      choose(layer, head);
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    }

    const settle = (place) => {
      held = place;
      look(place);
    };
    box.addEventListener("pointerover", (event) => {
      const at = event.target.dataset?.i;
      if (at !== undefined) look(+at);
    });
    box.addEventListener("pointerleave", () => value && look(held >= 0 ? held : letters.length - 1));
    box.addEventListener("click", (event) => {
      const at = event.target.dataset?.i;
      if (at !== undefined) settle(+at);
    });
    box.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: -1, ArrowRight: 1, Home: -1e6, End: 1e6 }[event.key];
      if (!way || !value) return;
      event.preventDefault();
      settle(Math.max(0, Math.min(letters.length - 1, row + way)));
    });
    const rowAt = (event) => {
      const { top } = large.getBoundingClientRect();
      const i = Math.floor((event.clientY - top - +large.dataset.side) / +large.dataset.cell);
      return i >= 0 && i < letters.length ? i : -1;
    };
    large.addEventListener("pointermove", (event) => {
      const i = rowAt(event);
      if (value && i >= 0) look(i);
    });
    large.addEventListener("pointerdown", (event) => {
      const i = rowAt(event);
      if (value && i >= 0) settle(i);
    });
    large.addEventListener("pointerleave", () => value && look(held >= 0 ? held : letters.length - 1));
    new ResizeObserver(() => value && map()).observe(large);
    luoxia.onTheme(paint);
    watch("value", load);
    load();
  };
})();
