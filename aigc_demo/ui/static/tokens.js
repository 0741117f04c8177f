// Tokens that a language model wrote: tinted by how likely each was, with rivals and curves. For every family.
// A value of luoxia.tokens is that of services/gpt/token_parts.py; a token is
// [text, p, chance, entropy, [rival, p, ...]].
(() => {
  const { make, fill } = luoxia;
  const MARKS = { " ": "␣", "\n": "↵", "\t": "⇥", "\r": "␍" };
  const SVG = "http://www.w3.org/2000/svg";

  // a token as it is named: what cannot be seen gets a sign
  const invisible = /^[\p{C}\p{Z}]$/u;
  luoxia.sign = (words) =>
    [...words].map((one) =>
      MARKS[one] ||
      (invisible.test(one) ? `U+${one.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}` : one)
    ).join("");
  luoxia.percent = (
    p,
  ) => (p >= 0.1
    ? `${(100 * p).toFixed(0)} %`
    : p >= 0.001
    ? `${(100 * p).toPrecision(2)} %`
    : p > 0
    ? "< 0.1 %"
    : "0");
  // 0 for what was certain, 1 for one in a thousand and less
  const strength = (p) => Math.max(0, Math.min(1, -Math.log10(Math.max(p, 1e-9)) / 3));
  luoxia.strength = strength;

  // A text of tokens in a box. Its own tokens can be walked with arrow keys, hovered and picked.
  luoxia.tokenText = (box, { hover = () => {}, pick = null } = {}) => {
    let tokens = [], spans = [], current = -1, held = -1, line = null;
    const mark = (place, { scroll = false, quiet = false } = {}) => {
      spans[current]?.classList.remove("lx-here");
      current = place;
      const span = spans[place];
      if (span) {
        span.classList.add("lx-here");
        if (scroll) {
          const top = span.offsetTop, bottom = top + span.offsetHeight;
          if (top < box.scrollTop) box.scrollTop = top - 8;
          else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight + 8;
        }
      }
      if (!quiet) hover(place);
    };
    const placeOf = (event) => {
      const span = event.target.closest?.("[data-i]");
      return span && box.contains(span) ? +span.dataset.i : -1;
    };
    box.addEventListener("pointerover", (event) => {
      const at = placeOf(event);
      if (at >= 0) mark(at);
    });
    box.addEventListener("pointerleave", () => mark(held));
    box.addEventListener("click", (event) => {
      const at = placeOf(event);
      if (at < 0) return;
      held = at;
      mark(at);
      if (pick) pick(at);
    });
    box.addEventListener(
      "focus",
      () => current < 0 && tokens.length && mark(held >= 0 ? held : tokens.length - 1, { scroll: true }),
    );
    box.addEventListener("keydown", (event) => {
      const line = Math.max(1, Math.round(box.clientWidth / 10));
      const way = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -line, ArrowDown: line, Home: -1e6, End: 1e6 }[event.key];
      if (!way || !tokens.length || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      held = Math.max(
        0,
        Math.min(tokens.length - 1, (current < 0 ? tokens.length - 1 : current) + way * (event.shiftKey ? 10 : 1)),
      );
      mark(held, { scroll: true });
      if (pick) pick(held);
    });
    return {
      get tokens() {
        return tokens;
      },
      get current() {
        return current;
      },
      get spans() {
        return spans;
      },
      mark,
      hold: (place) => {
        held = place;
      },
      clear: () => {
        tokens = [];
        spans = [];
        current = held = -1;
        line = null;
        box.replaceChildren();
      },
      // more tokens at the end, line by line, so that only the last line is laid out anew; `given`: the prompt's
      add: (more, given = false) => {
        const stuck = box.scrollTop + box.clientHeight >= box.scrollHeight - 24;
        more.forEach((token, k) => {
          const span = make("span", { textContent: token[0], className: given ? "lx-token lx-given" : "lx-token" });
          if (token[0].includes("\n")) span.classList.add("lx-break");
          span.dataset.i = tokens.length + k;
          const odd = strength(token[1]);
          if (odd >= 0.01 && !given) span.style.setProperty("--lx-odd", odd.toFixed(2));
          if (!line) box.append(line = make("div", { className: "lx-textline" }));
          line.append(span);
          if (token[0].endsWith("\n")) line = null;
          spans.push(span);
        });
        tokens = tokens.concat(more);
        if (stuck) box.scrollTop = box.scrollHeight;
      },
    };
  };

  // what could have stood there, as bars
  luoxia.rivalBars = (list, token) => {
    const pairs = [];
    for (let i = 0; i < token[4].length; i += 2) pairs.push([token[4][i], token[4][i + 1]]);
    if (pairs.length && !pairs.some(([name]) => name === token[0])) pairs[pairs.length - 1] = [token[0], token[1]];
    const top = Math.max(...pairs.map(([, p]) => p), 1e-9);
    list.replaceChildren(...pairs.map(([name, p]) => {
      const bar = make("i");
      bar.style.width = `${(100 * p) / top}%`;
      const row = make(
        "li",
        { className: name === token[0] ? "lx-chosen" : "" },
        make("b", { textContent: luoxia.sign(name) }),
        make("span", {}, bar),
        make("output", { textContent: luoxia.percent(p) }),
      );
      return row;
    }));
  };

  // another model brings its own beginning, unless one was typed
  luoxia.start = (
    starts,
    model,
    now,
  ) => (!now.trim() || Object.values(starts).includes(now) ? starts[model] ?? now : now);

  const path = (values, width, height, top) =>
    values.map((value, i) =>
      `${i ? "L" : "M"}${values.length > 1 ? ((i * width) / (values.length - 1)).toFixed(1) : 0} ${
        (height - (Math.min(value, top) / top) * height).toFixed(1)
      }`
    ).join("");

  luoxia.tokens = (element, props, watch) => {
    const root = element.querySelector(".lx-tokens"), words = JSON.parse(root.dataset.words);
    const box = root.querySelector(".lx-text"),
      list = root.querySelector(".lx-rivals-list"),
      facts = root.querySelector(".lx-token-facts");
    const chart = root.querySelector(".lx-token-chart svg") || document.createElementNS(SVG, "svg"),
      note = root.querySelector(".lx-chart-note"),
      cut = root.querySelector(".lx-cut");
    const speed = root.querySelector(".lx-speed");
    const [area, entropyLine, surpriseLine, cross] = ["rect", "path", "path", "line"].map((name) =>
      chart.appendChild(document.createElementNS(SVG, name))
    );
    area.setAttribute("class", "lx-prompt-area");
    entropyLine.setAttribute("class", "lx-water-line");
    surpriseLine.setAttribute("class", "lx-glow-line");
    cross.setAttribute("class", "lx-cross");
    const WIDTH = 600, HEIGHT = 80;
    let run = "", seen = 0, given = 0, lags = [], due = 0;

    const details = (place) => {
      const token = script.tokens[place];
      root.classList.toggle("lx-looking", Boolean(token));
      cross.setAttribute("visibility", token ? "visible" : "hidden");
      if (!token) return;
      const x = script.tokens.length > 1 ? (place * WIDTH) / (script.tokens.length - 1) : 0;
      [["x1", x], ["x2", x], ["y1", 0], ["y2", HEIGHT]].forEach(([name, value]) => cross.setAttribute(name, value));
      const name = luoxia.sign(token[0]);
      if (!token[4].length) {
        facts.replaceChildren(make("b", { textContent: name }), make("span", { textContent: words.first }));
        list.replaceChildren();
        return;
      }
      const lines = [
        fill(words.thought, { p: luoxia.percent(token[1]) }),
        fill(words.surprise, { nats: (-Math.log(Math.max(token[1], 1e-9))).toFixed(2) }),
        fill(words.entropy, { nats: token[3].toFixed(2) }),
      ];
      if (place >= given) lines.splice(1, 0, fill(words.drawn, { p: luoxia.percent(token[2]) }));
      facts.replaceChildren(
        make("b", { textContent: name }),
        ...lines.map((line) => make("span", { textContent: line })),
      );
      luoxia.rivalBars(list, token);
    };
    const script = luoxia.tokenText(box, { hover: details });

    const draw = () => {
      due = 0;
      if (!note) return; // a view without curves
      const tokens = script.tokens, entropies = tokens.map((token) => token[3]);
      const surprises = tokens.map((token) => -Math.log(Math.max(token[1], 1e-9)));
      const top = Math.max(4, Math.ceil(Math.max(...surprises, ...entropies, 0)));
      root.querySelector(".lx-chart-top").textContent = top;
      entropyLine.setAttribute("d", path(entropies, WIDTH, HEIGHT, top));
      surpriseLine.setAttribute("d", path(surprises, WIDTH, HEIGHT, top));
      const share = tokens.length > 1 ? Math.max(0, given - 1) / (tokens.length - 1) : 0;
      [["x", 0], ["y", 0], ["width", share * WIDTH], ["height", HEIGHT]].forEach(([name, value]) =>
        area.setAttribute(name, value)
      );
      if (script.current >= 0) details(script.current); // the line that points at it moves with the scale
      const mean = (all) => (all.length ? all.reduce((sum, one) => sum + one, 0) / all.length : 0).toFixed(2);
      note.textContent = tokens.length > given
        ? fill(words.summary, {
          count: tokens.length - given,
          surprise: mean(surprises.slice(given)),
          entropy: mean(entropies.slice(given)),
        })
        : "";
    };
    const later = () => {
      due ||= setTimeout(draw, 120);
    };

    // the pointer over the curve finds the place in the text
    const place = (event) => {
      const rectangle = chart.getBoundingClientRect();
      const share = Math.max(0, Math.min(1, (event.clientX - rectangle.left) / rectangle.width));
      return Math.round(share * (script.tokens.length - 1));
    };
    chart.addEventListener("pointermove", (event) => script.mark(place(event), { scroll: true }));
    chart.addEventListener("pointerdown", (event) => {
      script.hold(place(event));
      script.mark(place(event), { scroll: true });
    });
    chart.addEventListener("pointerleave", () => script.mark(-1));

    const show = () => {
      const value = props.value;
      if (!value || !value.run) return;
      if (value.run !== run) {
        run = value.run;
        script.clear();
        details(-1);
        const prompt = JSON.parse(value.prompt);
        [seen, given, lags] = [0, prompt.length, []];
        script.add(prompt, true);
      }
      const fresh = value.parts.slice(seen).map((part) => JSON.parse(part));
      seen = value.parts.length;
      if (fresh.length) script.add(fresh.flatMap((part) => part.tokens));
      if (run === "shipped") box.scrollTop = 0; // nobody watched it being written
      const tell = (name, detail) => root.closest(".lx-bench")?.dispatchEvent(new CustomEvent(name, { detail }));
      if (value.total) tell("lx-progress", value);
      if (value.badge) tell("lx-badge", value.badge);
      cut.hidden = !value.cut;
      if (value.cut) cut.textContent = fill(words.cut, { count: value.cut });
      if (value.speed) {
        speed.textContent = fill(words.speed, {
          count: value.speed >= 10 ? Math.round(value.speed) : value.speed.toFixed(1),
        });
      }
      root.dataset.tokens = script.tokens.length - given;
      root.dataset.ready = run;
      later();
      const times = run === "shipped" ? [] : fresh.map((part) => part.at);
      if (times.length) {
        requestAnimationFrame(() =>
          setTimeout(() => { // painted: how long it took from the draw
            lags.push(...times.map((at) => Date.now() - at));
            const sorted = [...lags].sort((a, b) => a - b);
            root.dataset.lag = sorted[sorted.length >> 1];
            root.dataset.worst = sorted[sorted.length - 1];
          })
        );
      }
    };
    root.written = () => script.tokens.slice(given).map((token) => token[0]).join("");
    root.whole = () => script.tokens.map((token) => token[0]).join("");
    watch("value", show);
    show();
  };
})();
