// The views of the text VAE tab: a way between two sentences, sentences drawn by chance, four models before a line, and
// the course of the trainings. Whatever a person or a model wrote is only ever written with textContent.
(() => {
  const { make, fill } = luoxia;
  const SVG = "http://www.w3.org/2000/svg";
  const svg = (name, attributes) => {
    const part = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
    return part;
  };
  const gap = (corpus) => (corpus === "verse" ? "" : " ");
  const shown = (sentence) => sentence.replaceAll("<unknown>", "□").replaceAll("<end>", "⏎");
  const signs = (words) => JSON.parse(words);

  // A view that is drawn anew with every value.
  const lively = (element, props, watch, selector, lay) => {
    const root = element.querySelector(selector), words = signs(root.dataset.words);
    const load = () => {
      const value = props.value;
      if (!value || typeof value !== "object") return;
      lay(root, words, value);
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    };
    watch("value", load);
    load();
  };

  // What has to be said of a sentence that was read otherwise than it was written.
  const notes = (box, words, reads) => {
    const lines = [];
    for (const read of reads.filter(Boolean)) {
      for (const [word, near] of read.replaced) lines.push(fill(near ? words.replaced : words.unread, { word, near }));
      if (read.cut) lines.push(fill(words.cut, { cut: read.cut }));
    }
    box.replaceChildren(...lines.map((line) => make("p", { textContent: line })));
    if (lines.length) luoxia.say(lines.join(" "));
  };

  // The words of a sentence, each tinted by how likely it was; those that `fresh` names stand out.
  const sentence = (box, found, corpus, { fresh = null, empty = "" } = {}) => {
    const parts = found.words.flatMap((word, place) => {
      const span = make("span", {
        textContent: word,
        className: "lx-tv-odds",
        title: luoxia.percent(found.chances[place]),
      });
      span.style.setProperty("--lx-odd", luoxia.strength(found.chances[place]).toFixed(2));
      if (fresh && fresh(word, place)) span.classList.add("lx-tv-fresh");
      return place ? [gap(corpus), span] : [span];
    });
    box.replaceChildren(...(parts.length ? parts : [make("i", { textContent: empty })]));
  };

  // Value: services/textvae/results.py, Morphed
  luoxia.textway = (element, props, watch) => {
    let at = 0, value = null;
    const root = element.querySelector(".lx-textway"), words = signs(root.dataset.words);
    const range = root.querySelector("input[type=range]"),
      output = root.querySelector("output"),
      play = root.querySelector(".lx-play");
    const now = root.querySelector(".lx-tv-now-text"), mixed = root.querySelector(".lx-tv-now-fade");
    const [codes, fade] = root.querySelectorAll(".lx-tv-steps"), chart = root.querySelector(".lx-tv-codes svg");
    const [nearA, nearB] = root.querySelectorAll("[data-near]");

    // words that the step before did not have at this place, or, of English, nowhere
    const fresh = (place) => {
      const before = value.steps[place - 1];
      if (!before) return null;
      return (word, spot) => (value.corpus === "verse" ? before.words[spot] !== word : !before.words.includes(word));
    };

    function dimensions() {
      const all = value.dimensions,
        left = 36,
        width = (640 - left) / all.length,
        y = (number) => 95 - 30 * Math.max(-3, Math.min(3, number));
      const middle = (place) => left + width * (place + 0.5);
      const parts = [-2, 0, 2].flatMap((tick) => {
        const label = svg("text", { x: left - 6, y: y(tick) + 4, class: "lx-tick lx-end" });
        label.textContent = String(tick).replace("-", "−");
        return [
          svg("line", { x1: left, x2: 640, y1: y(tick), y2: y(tick), class: tick ? "lx-grid" : "lx-level" }),
          label,
        ];
      });
      all.forEach((one, place) => {
        const x = middle(place);
        for (const [end, shift] of [["first", -0.17], ["last", 0.17]]) {
          const mean = one[`mean_${end}`], deviation = one[`deviation_${end}`], across = x + width * shift;
          parts.push(
            svg("line", {
              x1: across,
              x2: across,
              y1: y(mean - deviation),
              y2: y(mean + deviation),
              class: `lx-post-${end}`,
            }),
          );
        }
      });
      const dots = all.map((_, place) =>
        svg("circle", { cx: middle(place), cy: 0, r: Math.min(4, width / 3), class: "lx-dot-glow" })
      );
      chart.replaceChildren(...parts, ...dots);
    }

    function show(place, quiet = false) {
      at = place;
      const last = value.steps.length - 1, share = place / last;
      sentence(now, value.steps[place], value.corpus, { fresh: fresh(place), empty: words.end });
      mixed.textContent = fill(words.fade_now, { text: shown(value.fade[place]) });
      for (const list of [codes, fade]) {
        [...list.children].forEach((item, i) => item.classList.toggle("lx-here", i === place + 1)); // A comes first
      }
      chart.querySelectorAll("circle").forEach((dot, i) => {
        const one = value.dimensions[i], number = one.mean_first + share * (one.mean_last - one.mean_first);
        dot.setAttribute("cy", 95 - 30 * Math.max(-3, Math.min(3, number)));
      });
      range.value = place;
      luoxia.filled(range);
      output.textContent = `t = ${share.toFixed(2)}`;
      range.setAttribute("aria-valuetext", `${output.textContent} · ${value.steps[place].text}`);
      root.dataset.frame = place;
      if (!quiet) luoxia.say(value.steps[place].text);
    }

    const stop = luoxia.player(root, play, range, show, 700);

    const step = (list, place, fillIn, name) => {
      const item = make("li"), button = make("button", { type: "button" });
      button.append(make("small", { textContent: name }), fillIn(make("span")));
      button.addEventListener("click", () => {
        stop();
        show(place);
      });
      item.append(button);
      list.append(item);
    };
    const ends = (list, read, name) =>
      list.append(
        make(
          "li",
          { className: "lx-tv-end-of-way" },
          make("small", { textContent: name }),
          make("span", { textContent: shown(read.text) }),
        ),
      );

    lively(element, props, watch, ".lx-textway", (_, __, found) => {
      const same = value && value.steps.length === found.steps.length;
      stop();
      value = found;
      notes(root.querySelector(".lx-tv-notes"), words, [value.first, value.last]);
      for (const list of [codes, fade]) {
        list.replaceChildren();
        ends(list, value.first, "A");
      }
      value.steps.forEach((written, place) => {
        const share = (place / (value.steps.length - 1)).toFixed(2);
        step(codes, place, (span) => {
          sentence(span, written, value.corpus, { fresh: fresh(place), empty: words.end });
          return span;
        }, share);
        step(fade, place, (span) => {
          span.textContent = shown(value.fade[place]);
          return span;
        }, share);
      });
      for (const list of [codes, fade]) ends(list, value.last, "B");
      const near = { first: [nearA, words.near_a], last: [nearB, words.near_b] };
      for (const [end, [list, title]] of Object.entries(near)) {
        list.previousElementSibling.textContent = fill(title, { text: shown(value[end].text) });
        list.replaceChildren(...value[`around_${end}`].map((text) => make("li", { textContent: text })));
      }
      dimensions();
      range.max = value.steps.length - 1;
      show(same ? at : Math.floor((value.steps.length - 1) / 2), true);
    });
  };

  // Value: Drawn
  luoxia.textdrawn = (element, props, watch) =>
    lively(element, props, watch, ".lx-textdrawn", (root, words, value) => {
      notes(root.querySelector(".lx-tv-notes"), words, [value.around]);
      const middle = root.querySelector(".lx-tv-middle"), [title, text] = middle.querySelectorAll("p");
      middle.hidden = !value.middle;
      if (value.middle) {
        title.textContent = fill(words.middle, { text: shown(value.around.text) });
        sentence(text, value.middle, value.corpus);
      }
      root.querySelector(".lx-tv-drawn-title").textContent = value.around ? words.drawn_around : words.drawn_prior;
      root.querySelector(".lx-tv-drawn").replaceChildren(...value.sentences.map((found, place) => {
        const item = make("li"), line = make("p");
        sentence(line, found, value.corpus, { empty: words.nothing_written });
        item.append(
          line,
          make("small", { textContent: fill(words.away, { distance: value.distances[place].toFixed(1) }) }),
        );
        return item;
      }));
    });

  // Value: Compared
  luoxia.textcosts = (element, props, watch) =>
    lively(element, props, watch, ".lx-textcosts", (root, words, value) => {
      notes(root.querySelector(".lx-tv-notes"), words, [value.sentence]);
      const most = Math.max(...value.costs.map((cost) => cost.total)), line = [...value.sentence.words, "⏎"];
      for (const cost of value.costs) {
        const row = root.querySelector(`[data-model=${cost.model}]`);
        row.querySelector("output").textContent = cost.kl === null
          ? fill(words.cost_total, { nats: cost.total.toFixed(1) })
          : fill(words.cost_kl_of, { nats: cost.total.toFixed(1), kl: cost.kl.toFixed(1) });
        row.querySelector(".lx-cost-words").style.width = `${(100 * (cost.total - (cost.kl || 0))) / most}%`;
        row.querySelector(".lx-cost-kl").style.width = `${(100 * (cost.kl || 0)) / most}%`;
        row.querySelector(".lx-cost-signs").replaceChildren(...line.map((word, place) => {
          const cell = make(
            "span",
            {},
            make("b", { textContent: shown(word) }),
            make("small", { textContent: cost.words[place].toFixed(1) }),
          );
          cell.style.setProperty("--lx-odd", Math.min(1, cost.words[place] / 7).toFixed(2));
          return cell;
        }));
      }
      const of = Object.fromEntries(value.costs.map((cost) => [cost.model, cost.total.toFixed(1)]));
      luoxia.sentence(root.querySelector(".lx-verdict"), fill(words.cost_says, of));
      const right = value.rebuilt.words.filter((word, place) => word === value.sentence.words[place]).length;
      const cells = (kind, list, look) =>
        root.querySelector(`[data-line=${kind}]`).replaceChildren(...list.map((word, place) => {
          const cell = make("span", { textContent: shown(word) || "\u00a0" });
          look(cell, place, word);
          return cell;
        }));
      cells("true", value.sentence.words, () => {});
      cells("shown", value.shown, (cell, _, word) => cell.classList.toggle("lx-hidden-word", !word));
      cells("said", value.rebuilt.words, (cell, place, word) =>
        cell.classList.add(word === value.sentence.words[place] ? "lx-tv-good" : "lx-tv-off"));
      root.querySelector(".lx-tv-hide-says").textContent = fill(words.hide_says, {
        right,
        all: value.sentence.words.length,
      });
    });

  // Value: {model: [KL of every dimension, largest first]}
  luoxia.textbars = (element, props) => {
    const root = element.querySelector(".lx-kl-bars"), words = signs(root.dataset.words);
    const charts = [...root.querySelectorAll("figure")], codes = Object.values(props.value || {});
    const highest = 1.1 * Math.max(0.5, ...codes.flat());
    codes.forEach((numbers, place) => {
      charts[place].hidden = !numbers.length;
      if (!numbers.length) return;
      const bars = numbers.map((nats, i) => [i, i + 1, nats]);
      luoxia.chart(charts[place].querySelector("svg"), {
        x: [0, numbers.length],
        y: [0, highest],
        bars,
        across: words.kl_axis,
        up: words.kl_nats,
      });
      charts[place].querySelector("figcaption").append(
        ` · ${fill(words.kl_sum, { nats: numbers.reduce((sum, nats) => sum + nats, 0).toFixed(1) })}`,
      );
    });
  };

  // Value: {corpus: address of training/textvae_snapshots.py's JSON}
  luoxia.textcourse = (element, props) => {
    const root = element.querySelector(".lx-textcourse"), addresses = props.value;
    if (!root || !addresses) return;
    const words = signs(root.dataset.words), facts = root.querySelector(".lx-facts-line");
    const range = root.querySelector("input[type=range]"),
      output = root.querySelector("output"),
      play = root.querySelector(".lx-play");
    const [costs, weight] = root.querySelectorAll(".lx-chart svg"),
      buttons = [...root.querySelectorAll("[data-corpus]")];
    const lists = Object.fromEntries(
      [...root.querySelectorAll("[data-list]")].map((list) => [list.dataset.list, list]),
    );
    const known = {};
    let course = null, at = 0;

    function charts(place) {
      const curve = course.curve, last = curve.at(-1).sentences, mark = course.moments[place].sentences;
      const line = (kind, name) => {
        const points = curve.map((one) => [one.sentences, one[name]]);
        const near = points.reduce((
          best,
          point,
        ) => (Math.abs(point[0] - mark) < Math.abs(best[0] - mark) ? point : best));
        return { kind, points, dots: [near] };
      };
      const xs = [0, last / 2, last].map((number) => [number, luoxia.count(Math.round(number))]);
      const top = Math.max(...curve.map((one) => Math.max(one.reconstruction, one.kl)));
      luoxia.chart(costs, {
        x: [0, last],
        y: [0, 1.1 * top],
        xs,
        lines: [line("water", "reconstruction"), line("glow", "kl")],
        across: words.across,
        up: words.nats,
      });
      luoxia.chart(weight, {
        x: [0, last],
        y: [0, 1.1],
        xs,
        lines: [line("glow", "weight")],
        across: words.across,
        up: words.weight,
      });
    }

    const write = (list, rows) =>
      list.replaceChildren(...rows.map((row) => {
        const [small, text] = Array.isArray(row) ? row : ["", row];
        const item = make("li", {}, make("span", { textContent: text || "∅" }));
        if (small) item.prepend(make("small", { textContent: small }));
        return item;
      }));

    function show(place) {
      at = place;
      const moment = course.moments[place];
      write(lists.rebuilt, moment.rebuilt.map((text, i) => [course.originals[i], text]));
      write(lists.drawn, moment.drawn);
      write(lists.way, moment.way);
      charts(place);
      output.textContent = `${place + 1} / ${course.moments.length} · ${
        luoxia.count(moment.sentences)
      } ${words.sentences}`;
      facts.textContent = fill(words.facts, {
        minutes: moment.minutes.toFixed(1),
        reconstruction: moment.reconstruction.toFixed(1),
        kl: moment.kl.toFixed(1),
        right: Math.round(100 * moment.right),
      });
      range.value = place;
      luoxia.filled(range);
      range.setAttribute("aria-valuetext", `${output.textContent} · ${facts.textContent}`);
      root.dataset.frame = place;
    }
    const stop = luoxia.player(root, play, range, show, 900);

    async function open(corpus) {
      stop();
      buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.corpus === corpus)));
      known[corpus] ||= await (await fetch(addresses[corpus])).json();
      course = known[corpus];
      range.max = course.moments.length - 1;
      show(0);
      root.dataset.ready = corpus;
    }
    buttons.forEach((button) => button.addEventListener("click", () => open(button.dataset.corpus)));
    luoxia.onceSeen(root, () => open(buttons[0].dataset.corpus));
    luoxia.onTheme(() => course && charts(at));
  };
})();
