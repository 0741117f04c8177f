// LSTM beside GPT: two texts that stream in, what each of the two keeps, the cells of the LSTM, and how long the first
// word of the text is felt. Value: {prompt, cut, gpt, lstm: {text, p, nats, ms, numbers, bytes, each, most},
//   strip: {text, units: [[layer, number]], cells: base64 of int8 (units x characters)}, fading: {word, changed, text,
//   gpt, lstm}}
(() => {
  const { fill } = luoxia;
  const [SOON, LATE] = [20, 80]; // characters behind the word
  const SMOOTH = 5; // characters that a point of the fading is the mean of, twice
  const ROWS = 9; // pixels of a row of the strip
  const signed = (packed) => Int8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const bytes = (count) => (count >= 1e6 ? `${(count / 1e6).toFixed(1)} MB` : `${Math.round(count / 1e3)} kB`);
  const whole = (count) => count.toLocaleString("en-US");

  // draw the newest value, at most every so often: values may come faster than a slow machine can draw them
  const PAUSE = 120; // milliseconds
  luoxia.eased = (draw) => {
    let due = 0, last = 0;
    return () => {
      if (due) return;
      const wait = Math.max(0, last + PAUSE - performance.now());
      due = setTimeout(() => {
        draw();
        due = 0;
        last = performance.now();
      }, wait);
    };
  };

  // text boxes that only ever grow while a run lasts
  luoxia.author = (section) => {
    const box = section.querySelector(".lx-text"), facts = section.querySelector(".lx-author-facts");
    const script = luoxia.tokenText(box);
    let begun = "", known = 0;
    return {
      facts: (words) => {
        facts.textContent = words;
      },
      show: (prompt, written, p = []) => {
        const characters = [...written],
          old = script.tokens.slice(begun.length ? [...begun].length : 0).map((token) => token[0]).join("");
        if (prompt !== begun || !written.startsWith(old)) {
          script.clear();
          script.add([...prompt].map((one) => [one, 1, 1, 0, []]), true);
          [begun, known] = [prompt, 0];
        }
        script.add(characters.slice(known).map((one, i) => [one, p[known + i] ?? 1, 1, 0, []]));
        known = characters.length;
      },
      spans: () => script.spans,
    };
  };

  luoxia.memory = (element, props, watch) => {
    const root = element.querySelector(".lx-memory"), words = JSON.parse(root.dataset.words);
    const authors = Object.fromEntries(
      [["gpt", "glow"], ["lstm", "water"]].map((
        [name, kind],
      ) => [name, luoxia.author(root.querySelector(`.lx-author[data-side=${kind}]`))]),
    );
    const kept = root.querySelector(".lx-memories > .lx-chart svg"),
      canvas = root.querySelector(".lx-cell-strip canvas");
    const line = root.querySelector(".lx-cell-line"), hint = line.textContent;
    const fading = root.querySelector(".lx-fading .lx-chart"), says = root.querySelector(".lx-verdict");
    let value = null, strip = null, cells = null;

    function sides() {
      for (const name of ["gpt", "lstm"]) {
        const one = value[name];
        authors[name].show(value.prompt, one.text, one.p);
        const parts = [
          fill(name === "gpt" ? words.grows : words.fixed, { numbers: whole(one.numbers), size: bytes(one.bytes) }),
          fill(words.speed, { ms: one.ms.toFixed(one.ms < 10 ? 1 : 0) }),
        ];
        authors[name].facts(parts.filter(Boolean).join(" · "));
      }
    }

    // numbers kept after every character: the cache is a stair that ends with the context, the LSTM a floor
    function memories() {
      const first = [...value.prompt].length, count = first + [...value.gpt.text].length, { each, most } = value.gpt;
      const half = Math.max(1, Math.floor(most / 2));
      const held = (n) => (!most || n <= most ? n : most - half + ((n - most - 1) % half) + 1);
      const end = Math.max(count, 20), points = [];
      for (let n = 1; n <= count; n++) points.push([n, each * Math.min(held(n), most || n)]);
      const top = 1.1 * Math.max(...points.map(([, y]) => y), value.lstm.numbers);
      const power = 10 ** Math.floor(Math.log10(top / 3)), round = [5, 2, 1].find((n) => n * power <= top / 3) * power;
      luoxia.chart(kept, {
        x: [0, end],
        y: [0, top],
        across: words.across,
        up: words.numbers_up,
        ys: [0, 1, 2, 3, 4].map((i) => i * round).filter((at) => at < top).map((at) => [at, luoxia.count(at)]),
        lines: [{ kind: "glow", points, dots: points.slice(-1) }, {
          kind: "water",
          points: [[0, value.lstm.numbers], [count, value.lstm.numbers]],
        }],
      });
    }

    function cellsOf() {
      if (!strip) return;
      const [units, characters] = [strip.units.length, [...strip.text]],
        table = luoxia.palette(true),
        scale = devicePixelRatio || 1;
      const box = canvas.parentElement,
        cell = Math.max(7, Math.floor((box.clientWidth - 8) / characters.length) || 7),
        foot = 18;
      const [width, height] = [cell * characters.length, ROWS * units + foot];
      [canvas.width, canvas.height] = [width * scale, height * scale];
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      const pen = canvas.getContext("2d");
      pen.setTransform(scale, 0, 0, scale, 0, 0);
      for (let u = 0; u < units; u++) {
        for (let i = 0; i < characters.length; i++) {
          const k = 3 * Math.round(127.5 + cells[u * characters.length + i]);
          pen.fillStyle = `rgb(${table[k]},${table[k + 1]},${table[k + 2]})`;
          pen.fillRect(i * cell, u * ROWS, cell + 0.5, ROWS + 0.5);
        }
      }
      const css = getComputedStyle(document.body);
      pen.fillStyle = css.getPropertyValue("--lx-ink");
      pen.font = `${Math.max(9, Math.min(13, cell * 1.3))}px ${getComputedStyle(canvas).fontFamily}`;
      pen.textAlign = "center";
      characters.forEach((one, i) => pen.fillText(luoxia.sign(one), (i + 0.5) * cell, height - 5));
      canvas.dataset.cell = cell;
    }

    function fades() {
      const found = value.fading;
      fading.hidden = !found;
      if (!found) return luoxia.sentence(says, value.done ? words.fading_none : "");
      const mean = (all) =>
        all.map((_, i) => {
          const part = all.slice(Math.max(0, i - (SMOOTH >> 1)), i + (SMOOTH >> 1) + 1);
          return part.reduce((sum, one) => sum + one, 0) / part.length;
        });
      const smooth = (all) => mean(mean(all)).map((share, i) => [i + 1, 1000 * share]);
      const [gpt, lstm] = [smooth(found.gpt), smooth(found.lstm)],
        top = Math.max(1, ...[...gpt, ...lstm].map(([, y]) => y));
      luoxia.chart(fading.querySelector("svg"), {
        x: [0, Math.max(10, gpt.length)],
        y: [0, 1.1 * top],
        across: fill(words.fading_across, { word: found.word.trim() }),
        up: words.fading_up,
        lines: [{ kind: "glow", points: gpt }, { kind: "water", points: lstm }],
      });
      const draws = (all) => {
        const mean = 1000 * all.reduce((a, b) => a + b, 0) / all.length;
        return all.length ? mean.toFixed(mean < 10 ? 1 : 0) : "–";
      };
      luoxia.sentence(
        says,
        fill(words.fading_says, {
          word: found.word.trim(),
          changed: found.changed.trim(),
          gpt: draws(found.gpt.slice(0, SOON)),
          lstm: draws(found.lstm.slice(0, SOON)),
          gpt_late: draws(found.gpt.slice(LATE)),
          lstm_late: draws(found.lstm.slice(LATE)),
        }),
      );
    }

    function load() {
      const now = props.value;
      if (!now || !now.gpt) return;
      value = now;
      sides();
      memories();
      if (now.strip && now.strip.cells !== strip?.cells) {
        strip = now.strip;
        cells = signed(strip.cells);
        cellsOf();
      }
      fades();
      root.dataset.ready = String([...now.gpt.text].length);
    }

    canvas.addEventListener("pointermove", (event) => {
      if (!strip) return;
      const characters = [...strip.text],
        u = Math.floor(event.offsetY / ROWS),
        i = Math.floor(event.offsetX / +canvas.dataset.cell);
      if (u < 0 || u >= strip.units.length || i < 0 || i >= characters.length) return;
      const [layer, number] = strip.units[u],
        at = (cells[u * characters.length + i] / 127).toFixed(2).replace("-", "−");
      line.textContent = fill(words.unit, {
        layer: layer + 1,
        number: number + 1,
        what: luoxia.sign(characters[i]),
        place: i + 1,
        at,
      });
    });
    canvas.addEventListener("pointerleave", () => {
      line.textContent = hint;
    });
    let wide = 0;
    new ResizeObserver(([box]) => {
      if (!strip || Math.abs(box.contentRect.width - wide) < 2) return;
      wide = box.contentRect.width;
      cellsOf();
    }).observe(canvas.parentElement);
    luoxia.onTheme(() => strip && cellsOf());
    watch("value", luoxia.eased(load));
    load();
  };
})();
