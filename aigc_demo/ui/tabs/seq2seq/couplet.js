// The couplet tab: two lines with threads between characters, the lines found, the heads, the course of the training.
(() => {
  const { fill, make } = luoxia;
  const NS = "http://www.w3.org/2000/svg";
  const MIDDLE = 100; // of a cell and of the room between the lines
  const percent = (
    share,
  ) => (share >= 0.0095
    ? `${Math.round(100 * share)} %`
    : share >= 0.0005
    ? `${(100 * share).toFixed(1)} %`
    : "< 0.1 %");
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const COMMA = "，";

  // bytes of (layers, heads, S, S) -> rows of shares of one head ([layer, head]) or of the mean over all (null)
  const shares = (raw, count, size, head) => {
    const rows = Array.from({ length: size }, () => new Array(size).fill(0));
    const [from, to] = head === null ? [0, count] : [head, head + 1];
    for (let h = from; h < to; h++) {
      for (let t = 0; t < size; t++) {
        for (let s = 0; s < size; s++) rows[t][s] += raw[(h * size + t) * size + s] / 255 / (to - from);
      }
    }
    return rows;
  };

  const toneName = (
    words,
    tone,
  ) => ({ "平": words.level, "仄": words.oblique, "○": words.either }[tone] || words.unknown);

  // draws two lines into `root`, with threads as `rows` has them; returns nothing, keeps its listeners on the
  // characters
  const pairing = (root, { upper, tones, lower, lowerTones, judged, agree, rows, p, words, says, rest, still }) => {
    const [over, under] = [root.querySelector(".lx-pairing-upper"), root.querySelector(".lx-pairing-lower")];
    const svg = root.querySelector(".lx-threads"), size = upper.length;
    root.style.setProperty("--n", size);
    const cell = (character, tone, at, side) => {
      const mark = make("i", { textContent: character === COMMA ? "" : tone || "" });
      const box = make(
        still ? "span" : "button",
        { className: "lx-sign" },
        make("span", { textContent: character || "" }),
        mark,
      );
      if (!still) box.type = "button";
      if (!character) box.dataset.waiting = "1";
      box.dataset.tone = tone || "";
      if (judged.includes(at)) {
        box.dataset.judged = side === "lower" && agree ? String(agree[judged.indexOf(at)]) : "place";
      }
      return box;
    };
    over.replaceChildren(...[...upper].map((character, i) => cell(character, tones[i], i, "upper")));
    under.replaceChildren(...[...upper].map((_, i) => cell(lower[i], lowerTones && lowerTones[i], i, "lower")));
    svg.setAttribute("viewBox", `0 0 ${size * MIDDLE} ${MIDDLE}`);
    svg.setAttribute("preserveAspectRatio", "none");
    const threads = [];
    if (rows) {
      rows.forEach((row, t) =>
        row.forEach((share, s) => {
          if (share < 0.03) return;
          const [a, b] = [(s + 0.5) * MIDDLE, (t + 0.5) * MIDDLE], path = document.createElementNS(NS, "path");
          path.setAttribute("d", `M${a},0C${a},${MIDDLE * 0.55} ${b},${MIDDLE * 0.45} ${b},${MIDDLE}`);
          path.style.setProperty("--share", share.toFixed(3));
          path.dataset.strong = String(share >= Math.max(...row));
          path.dataset.own = String(s === t);
          threads.push({ path, t, s, share });
        })
      );
    }
    svg.replaceChildren(...threads.sort((a, b) => a.share - b.share).map(({ path }) => path));
    root.dataset.lit = "";
    if (still) return;

    const light = (side, at) => {
      root.dataset.lit = side || "";
      const answers = new Array(size).fill(0);
      threads.forEach(({ path, t, s, share }) => {
        const on = side === "lower" ? t === at : side === "upper" && s === at;
        path.dataset.on = String(on);
        if (on) answers[side === "lower" ? s : t] = share;
      });
      [[over, "upper"], [under, "lower"]].forEach(([line, name]) =>
        [...line.children].forEach((box, i) => {
          const share = side && side !== name ? answers[i] : 0;
          box.dataset.lit = String(side === name && i === at);
          box.style.setProperty("--share", share.toFixed(3));
          box.dataset.near = String(share >= 0.03);
        })
      );
      if (!side || !rows) {
        says.textContent = rest;
        return;
      }
      const text = side === "lower" ? [...lower] : [...upper], other = side === "lower" ? [...upper] : [...lower];
      const best = answers.map((share, i) => [share, i]).filter(([share]) => share > 0.005).sort((a, b) => b[0] - a[0])
        .slice(0, 3);
      const comma = luoxia.lang === "zh" ? "，" : ", ";
      const listed = best.map(([share, i]) => `${other[i]} ${percent(share)}`).join(comma);
      const parts = [fill(side === "lower" ? words.asks : words.asked, { character: text[at], others: listed })];
      if (side === "lower" && p) parts.push(fill(words.chance, { character: text[at], share: percent(p[at]) }));
      const own = side === "lower" ? lowerTones : tones;
      const name = toneName(words, own[at]);
      parts.push(`${text[at]}${luoxia.lang === "zh" ? "：" : ": "}${name}`);
      if (side === "lower" && judged.includes(at) && agree) {
        const verdict = agree[judged.indexOf(at)];
        if (verdict !== null) parts.push(verdict ? words.tone_good : words.tone_bad);
      }
      says.textContent = parts.join(luoxia.lang === "zh" ? "。" : ". ") + (luoxia.lang === "zh" ? "。" : ".");
    };
    [[over, "upper"], [under, "lower"]].forEach(([line, name]) =>
      [...line.children].forEach((box, i) => {
        box.addEventListener("pointerenter", () => light(name, i));
        box.addEventListener("focus", () => light(name, i));
        box.addEventListener("click", () => light(name, i));
        box.addEventListener("blur", () => light("", -1));
        box.addEventListener("pointerleave", () => !line.contains(document.activeElement) && light("", -1));
      })
    );
    light("", -1);
  };

  // a small map of one head: row = lower character, column = upper character
  const thumbnail = (canvas, rows) => {
    const size = rows.length, ink = getComputedStyle(document.documentElement).getPropertyValue("--lx-glow").trim();
    [canvas.width, canvas.height] = [size, size];
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, size, size);
    context.fillStyle = ink;
    rows.forEach((row, t) =>
      row.forEach((share, s) => {
        context.globalAlpha = Math.min(1, share);
        context.fillRect(s, t, 1, 1);
      })
    );
  };

  luoxia.couplet = (element, props, watch) => {
    const root = element.querySelector(".lx-couplet"), words = JSON.parse(root.dataset.words);
    const stage = root.querySelector(".lx-pairing"),
      says = root.querySelector(".lx-thread-says"),
      rest = says.textContent;
    const list = root.querySelector(".lx-replies"),
      grid = root.querySelector(".lx-head-grid"),
      headSays = root.querySelector(".lx-head-says");
    const truth = root.querySelector(".lx-true-line"),
      curtain = truth.querySelector("button"),
      behind = truth.querySelector(".lx-true-reply");
    let chosen = 0, head = null, value = null; // chosen: number of a line, or "truth"

    const current = () => (chosen === "truth" ? value.truth.reply : value.replies[chosen]);
    const lay = () => {
      const reply = current();
      if (!reply) return;
      const size = [...value.upper].length;
      const rows = reply.looked ? shares(bytes(reply.looked), value.layers * value.heads, size, head) : null;
      pairing(stage, {
        upper: [...value.upper],
        tones: [...value.tones],
        lower: [...reply.text],
        lowerTones: reply.tones && [...reply.tones],
        judged: value.judged,
        agree: reply.agree,
        rows,
        p: reply.p,
        words,
        says,
        rest,
      });
      heads(reply, size);
    };
    const heads = (reply, size) => {
      grid.closest(".lx-look-maps").hidden = !reply.looked;
      if (!reply.looked) return;
      const raw = bytes(reply.looked), count = value.layers * value.heads;
      const button = (place) => {
        const rows = shares(raw, count, size, place), canvas = make("canvas");
        canvas.setAttribute("aria-hidden", "true");
        thumbnail(canvas, rows);
        const name = place === null
          ? words.head_all
          : fill(words.head, { layer: Math.floor(place / value.heads) + 1, head: (place % value.heads) + 1 });
        const made = make("button", { type: "button", title: name }, canvas);
        made.setAttribute("aria-label", name);
        made.setAttribute("aria-pressed", String(head === place));
        made.addEventListener("click", () => {
          head = place;
          lay();
        });
        if (head === place) {
          const same = rows.reduce((sum, row, t) => sum + row[t], 0) / size;
          headSays.textContent = fill(words.head_same, { name, share: percent(same) });
        }
        return made;
      };
      grid.style.setProperty("--heads", value.heads);
      const at = [...grid.children].indexOf(document.activeElement);
      grid.replaceChildren(button(null), ...Array.from({ length: count }, (_, place) => button(place)));
      if (at >= 0) grid.children[at]?.focus();
    };

    const row = (reply, place, low, high) => {
      const line = make("span", { className: "lx-reply-text" });
      const size = [...value.upper].length;
      line.append(
        ...[...reply.text].map((character, i) => {
          const sign = make("span", { textContent: character });
          if (reply.p) {
            sign.style.setProperty("--odd", Math.min(1, -Math.log10(Math.max(reply.p[i], 1e-6)) / 3).toFixed(3));
          }
          return sign;
        }),
        ...Array.from(
          { length: size - [...reply.text].length },
          () => make("span", { textContent: "·", className: "lx-waiting-sign" }),
        ),
      );
      const cost = make("span", {
        className: "lx-reply-cost",
        textContent: fill(words.cost, { cost: reply.cost.toFixed(2) }),
      });
      const bar = make("i", { className: "lx-reply-bar" });
      bar.style.setProperty("--long", (0.08 + 0.92 * ((high - reply.cost) / Math.max(1e-6, high - low))).toFixed(3));
      const tone = make("span", { className: "lx-reply-tone" });
      if (reply.agree) {
        const known = reply.agree.filter((one) => one !== null), good = known.filter(Boolean).length;
        tone.textContent = fill(good === known.length ? words.all_tones : words.some_tones, {
          good,
          all: known.length,
        });
        tone.dataset.good = String(good === known.length);
      }
      const rank = make("b", { textContent: place === "truth" ? "★" : String(place + 1) });
      const button = make("button", { type: "button", className: "lx-reply" }, rank, line, bar, cost, tone);
      button.setAttribute("aria-pressed", String(chosen === place));
      button.addEventListener("click", () => {
        chosen = place;
        root.querySelectorAll(".lx-reply").forEach((other) =>
          other.setAttribute("aria-pressed", String(other === button))
        );
        lay();
      });
      return button;
    };

    const show = () => {
      const next = props.value;
      if (!next || !next.upper) return;
      const fresh = !value || value.upper !== next.upper;
      value = next;
      root.dataset.ready = String((value.ended ? 1 : 0) + (+root.dataset.ready || 0));
      root.dataset.growing = String(!value.ended);
      chosen = 0;
      const costs = value.replies.map((reply) => reply.cost);
      const [low, high] = [Math.min(...costs), Math.max(...costs, Math.min(...costs) + 0.4)];
      list.replaceChildren(...value.replies.map((reply, place) => make("li", {}, row(reply, place, low, high))));
      if (fresh) {
        curtain.hidden = false;
        behind.hidden = true;
      }
      truth.hidden = !value.truth;
      if (value.truth) {
        truth.querySelector("p span").textContent = words[`source_${value.truth.source}`];
        const line = make("p", {
          className: "lx-small",
          textContent: value.truth.better ? fill(words.better, { count: value.truth.better }) : words.best,
        });
        behind.replaceChildren(
          row(
            value.truth.reply,
            "truth",
            Math.min(low, value.truth.reply.cost),
            Math.max(high, value.truth.reply.cost),
          ),
          line,
        );
      }
      lay();
    };
    curtain.addEventListener("click", () => {
      curtain.hidden = true;
      behind.hidden = false;
      luoxia.say(behind.textContent);
      behind.querySelector("button").click();
    });
    luoxia.onTheme(() => value && lay());
    watch("value", show);
    show();
    setTimeout(() => luoxia.answerWhileTyping(element.closest("[id$=-view]").id.replace(/-view$/, "")));
  };

  // the card of the landing view: couplets that write themselves, threads and all, in the place of the picture
  luoxia.coupletCard = (canvas, couplets, loop) => {
    const line = (side) => make("span", { className: `lx-pairing-line lx-pairing-${side}` });
    const svg = document.createElementNS(NS, "svg"), stage = make("span", { className: "lx-pairing" });
    svg.setAttribute("class", "lx-threads");
    stage.append(line("upper"), svg, line("lower"));
    const box = make("span", { className: "lx-typed-couplet" }, stage);
    box.setAttribute("aria-hidden", "true");
    canvas.replaceWith(box);
    const rest = 12,
      frames = couplets.flatMap((one, k) => Array.from({ length: [...one.upper].length + 1 + rest }, (_, i) => [k, i]));
    const show = (frame) => {
      const [k, count] = frames[frame], { upper, lower, alignment } = couplets[k], size = [...upper].length;
      const typed = Math.min(count, size);
      if (count > size && box.dataset.typed === `${k}-${size}`) return;
      box.dataset.typed = `${k}-${typed}`;
      const rows = alignment.map((row, t) => (t < typed ? row : row.map(() => 0)));
      pairing(stage, {
        upper: [...upper],
        tones: [],
        lower: [...lower].slice(0, typed),
        lowerTones: [],
        judged: [],
        rows,
        still: true,
      });
    };
    show([...couplets[0].upper].length);
    if (!luoxia.calm()) loop(box, frames.length, show, { pause: 240, rest: 1 }).start(0);
  };

  // an answer while one types: Chinese characters only, once the keyboard has rested and no pinyin is open
  luoxia.answerWhileTyping = (useCase) => {
    let timer = 0;
    const soon = (wait) => {
      clearTimeout(timer);
      timer = setTimeout(() => document.getElementById(`${useCase}-run`)?.click(), wait);
    };
    const typed = (event) => {
      if (!event.target.closest?.(`#${useCase}-upper`)) return;
      const text = event.target.value.replace(/[\s，,。！？；：、.!?;:]/gu, "");
      clearTimeout(timer);
      if (!event.isComposing && /^\p{Script=Han}{2,20}$/u.test(text)) soon(450);
    };
    // on the document: the box may come to life later than the view of the answer
    document.addEventListener("input", typed);
    document.addEventListener("compositionend", typed);
    document.addEventListener("keydown", (event) => {
      if (
        !event.target.closest?.(`#${useCase}-upper`) || event.key !== "Enter" || event.isComposing || event.shiftKey
      ) return;
      event.preventDefault();
      soon(60);
    });
    document.addEventListener(
      "click",
      (event) => event.target.closest?.(`[data-form="${useCase}"] [data-do="preset"]`) && soon(200),
    );
  };

  // Value: {ours: {greedy, beam: [...], greedy_ms, beam_ms}, theirs: {...}, kind, same}
  luoxia.twoSides = (element, props, watch) => {
    const root = element.querySelector(".lx-two-sides"), words = JSON.parse(root.dataset.words);
    const show = () => {
      const value = props.value;
      if (!value || !value.ours) return;
      root.dataset.ready = "1";
      const verdict = root.querySelector(".lx-verdict");
      luoxia.sentence(verdict, value.same ? words.lines_same : words.lines_apart);
      for (const side of ["ours", "theirs"]) {
        const box = root.querySelector(`[data-side=${side}]`), found = value[side], list = box.querySelector("dl");
        box.querySelector("p").textContent = side === "ours" ? "aigc_demo · Seq2Seq" : `transformers · ${value.kind}`;
        const entry = (name, ms, lines) => [
          make("dt", { textContent: `${name} · ${fill(words.ms, { ms: ms.toFixed(1) })}` }),
          make("dd", {}, ...lines.map((line) => make("span", { textContent: line }))),
        ];
        list.replaceChildren(
          ...entry(words.greedy, found.greedy_ms, [found.greedy]),
          ...entry(words.beam, found.beam_ms, found.beam),
        );
      }
    };
    watch("value", show);
    show();
  };

  // Value: {moments: [{step, minutes, held_out, answers: [{upper, lower, cost, alignment}]}]}
  luoxia.coupletCourse = (element, props) => {
    const root = element.querySelector(".lx-couplet-course"), value = props.value;
    if (!value || !value.moments) return;
    const words = JSON.parse(root.dataset.words), moments = value.moments, last = moments.length - 1;
    const range = root.querySelector("input[type=range]"),
      output = root.querySelector("output"),
      play = root.querySelector(".lx-play");
    const facts = root.querySelector(".lx-facts-line"),
      boxes = [...root.querySelectorAll(".lx-asked")],
      [cost, straight] = root.querySelectorAll(".lx-chart svg");
    let at = 0;
    const blank = make("p");
    range.max = last;
    // moments lie close together at the start, so the axis is stretched there: a step per moment
    const xs = [0, Math.round(last / 2), last].map((i) => [i, luoxia.count(moments[i].step)]);
    const above = ({ answers }) => { // how much of the looking goes to the character right above
      const diagonal = answers.flatMap(({ alignment }) => alignment.map((row, t) => row[t]));
      return (100 * diagonal.reduce((sum, share) => sum + share, 0)) / diagonal.length;
    };
    const plot = (box, value, up, y) => {
      const points = moments.map((moment, i) => [i, value(moment)]);
      const range = y ||
        [
          0.85 * Math.min(...points.map(([, height]) => height)),
          1.05 * Math.max(...points.map(([, height]) => height)),
        ];
      const line = { kind: "glow", points, dots: points.filter(([i]) => i === at) };
      luoxia.chart(box, { x: [0, last], y: range, xs, across: words.across, up, lines: [line] });
    };
    const draw = () => {
      plot(cost, (moment) => moment.held_out, words.nats);
      plot(straight, above, "%", [0, 100]);
    };
    const show = (index) => {
      at = index;
      const moment = moments[index];
      boxes.forEach((box, i) => {
        const one = moment.answers[i];
        pairing(box.querySelector(".lx-pairing"), {
          upper: [...one.upper],
          tones: [],
          lower: [...one.lower],
          lowerTones: [],
          judged: [],
          rows: one.alignment,
          words,
          says: blank,
          rest: "",
        });
        box.querySelector("p").textContent = fill(words.cost_long, { cost: one.cost.toFixed(2) });
      });
      output.textContent = `${index + 1} / ${last + 1} · ${moment.step.toLocaleString("en-US")} ${words.steps}`;
      facts.textContent = fill(words.facts, {
        minutes: moment.minutes.toFixed(1),
        cost: moment.held_out.toFixed(2),
        likely: percent(Math.exp(-moment.held_out)),
      });
      range.value = index;
      luoxia.filled(range);
      range.setAttribute("aria-valuetext", `${output.textContent} · ${facts.textContent}`);
      root.dataset.frame = index;
      draw();
    };
    luoxia.player(root, play, range, show, 900);
    luoxia.onTheme(draw);
    show(0);
    root.dataset.ready = "1";
  };
})();
