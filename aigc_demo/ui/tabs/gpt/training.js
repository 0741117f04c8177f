// The time machine of texts: the same beginning and seed at moments of a training, the loss, and a line that teaches
// itself.
// Value: {model: address of its JSON file}, see training/language_snapshots.py; a model is fetched when it is first
// chosen.
(() => {
  const { fill, make } = luoxia;

  luoxia.lessons = (element, props) => {
    const root = element.querySelector(".lx-lessons"), addresses = props.value;
    if (!root || !addresses) return;
    const words = JSON.parse(root.dataset.words), known = new Map();
    const buttons = [...root.querySelectorAll("[data-model]")],
      script = luoxia.tokenText(root.querySelector(".lx-text"));
    const chart = root.querySelector(".lx-chart svg"), facts = root.querySelector(".lx-facts-line");
    const table = root.querySelector(".lx-teacher table"), mean = root.querySelector(".lx-teacher-mean");
    const range = root.querySelector("input[type=range]"),
      output = root.querySelector("output"),
      play = root.querySelector(".lx-play");
    let course = null, at = 0, ticket = 0;

    function plot() {
      const seen = course.snapshots,
        last = seen.length - 1,
        high = 1.06 * Math.max(course.guess, ...seen.map((moment) => moment.nats));
      const { place, xs } = luoxia.momentAxis(seen.map((moment) => moment.characters));
      const held = seen.map((moment, i) => [i, moment.nats]);
      luoxia.chart(chart, {
        x: [0, last],
        y: [0, high],
        xs,
        across: words.across,
        up: words.up,
        lines: [{ kind: "mist", points: [[0, course.unigram], [last, course.unigram]] }, {
          kind: "glow",
          points: course.curve.map((point) => [place(point.characters), point.loss]),
        }, { kind: "water", points: held, dots: [held[at]] }],
        level: { at: course.guess, words: fill(words.guess, { nats: course.guess.toFixed(2) }) },
      });
      const y = 152 - (124 * course.unigram) / high; // the other level has its words as well
      const note = document.createElementNS("http://www.w3.org/2000/svg", "text");
      for (const [name, one] of Object.entries({ x: 400, y: y - 5, class: "lx-tick lx-end" })) {
        note.setAttribute(name, one);
      }
      note.textContent = fill(words.unigram, { nats: course.unigram.toFixed(2) });
      chart.append(note);
    }

    // the line twice, the second time moved by one: what is asked, what is true, and what the truth costs
    function teach() {
      const line = [...course.line], costs = course.snapshots[at].costs;
      const rows = [[words.input, line.slice(0, -1)], [words.target, line.slice(1)], [words.cost, costs]].map((
        [name, cells],
        r,
      ) =>
        make(
          "tr",
          {},
          make("th", { scope: "row", textContent: name }),
          ...cells.map((cell) => {
            const one = make("td", { textContent: r < 2 ? luoxia.sign(cell) : cell.toFixed(1) });
            if (r === 2) one.style.setProperty("--lx-odd", luoxia.strength(Math.exp(-cell)).toFixed(2));
            return one;
          }),
        )
      );
      table.replaceChildren(...rows);
      mean.textContent = fill(words.mean, {
        nats: (costs.reduce((sum, one) => sum + one, 0) / costs.length).toFixed(2),
        count: costs.length,
      });
    }

    function show(index) {
      at = index;
      const moment = course.snapshots[at];
      script.clear();
      script.add([...course.prompt].map((one) => [one, 1, 1, 0, []]), true);
      script.add([...moment.text].map((one) => [one, 1, 1, 0, []]));
      root.querySelector(".lx-text").scrollTop = 0;
      plot();
      teach();
      output.textContent = `${at + 1} / ${course.snapshots.length} · ${
        luoxia.count(moment.characters)
      } ${words.characters}`;
      facts.textContent = fill(words.facts, {
        minutes: moment.minutes.toFixed(1),
        nats: moment.nats.toFixed(3),
        choices: Math.exp(moment.nats).toFixed(1),
        seed: course.seed,
        temperature: course.temperature,
      });
      range.value = at;
      luoxia.filled(range);
      range.setAttribute("aria-valuetext", `${output.textContent} · ${facts.textContent}`);
      root.dataset.frame = at;
    }

    const fetched = (model) => {
      if (!known.has(model)) known.set(model, fetch(addresses[model]).then((answer) => answer.json()));
      return known.get(model);
    };
    async function choose(model) {
      const mine = ++ticket, before = course && range.value === range.max;
      buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.model === model)));
      const found = await fetched(model);
      if (mine !== ticket) return;
      course = found;
      range.max = course.snapshots.length - 1;
      show(before ? +range.max : Math.min(at, +range.max));
      root.dataset.ready = model;
    }

    const stop = luoxia.player(root, play, range, (place) => course && show(place), 1200);
    buttons.forEach((button) =>
      button.addEventListener("click", () => {
        stop();
        choose(button.dataset.model);
      })
    );
    luoxia.onceSeen(root, () => choose(Object.keys(addresses)[0]));
  };
})();
