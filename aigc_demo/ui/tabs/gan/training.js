// The course of a GAN's training, for one model after the other: pictures of the same seeds, class counts, the losses
// of both sides and the distance from real digits, under one scrubber. Value: {model: {facts: address of the JSON file,
// sheet: address of the pictures of all moments below each other}}; a model is fetched when it is first chosen.
(() => {
  const { fill } = luoxia;

  luoxia.contest = (element, props) => {
    const root = element.querySelector(".lx-contest"), addresses = props.value;
    if (!root || !addresses) return;
    const words = JSON.parse(root.dataset.words), known = new Map();
    const buttons = [...root.querySelectorAll("[data-model]")], canvas = root.querySelector(".lx-sown canvas");
    const [losses, distance] = root.querySelectorAll(".lx-chart svg"), counts = root.querySelector(".lx-tally svg");
    const range = root.querySelector("input[type=range]"),
      output = root.querySelector("output"),
      play = root.querySelector(".lx-play");
    const facts = root.querySelector(".lx-facts-line");
    let course = null, sheet = null, at = 0, ticket = 0;

    function pictures() {
      const { width, height } = course.tile, context = canvas.getContext("2d", { willReadFrequently: true });
      [canvas.width, canvas.height] = [width, height];
      context.drawImage(sheet, 0, at * height, width, height, 0, 0, width, height);
      luoxia.paint(canvas, context.getImageData(0, 0, width, height).data, luoxia.palette(false));
    }

    function charts() {
      const seen = course.snapshots, last = seen.length - 1;
      const { place, xs } = luoxia.momentAxis(seen.map((moment) => moment.pictures));
      const near = course.curve.reduce((
        a,
        b,
      ) => (Math.abs(b.pictures - seen[at].pictures) < Math.abs(a.pictures - seen[at].pictures) ? b : a));
      const both = [["glow", "generator"], ["water", "critic"]].map(([kind, name]) => ({
        kind,
        points: course.curve.map((line) => [place(line.pictures), line[name]]),
        dots: [[at, near[name]]],
      }));
      const values = course.curve.flatMap((line) => [line.generator, line.critic]),
        low = Math.min(0, ...values),
        high = Math.max(0, ...values);
      const room = 0.08 * (high - low || 1);
      luoxia.chart(losses, {
        x: [0, last],
        y: [low - (low < 0 ? room : 0), high + room],
        xs,
        across: words.across,
        up: words.loss,
        lines: both,
      });
      const far = seen.map((moment, i) => [i, Math.log10(moment.frechet)]), floor = Math.log10(course.frechet_floor);
      const tens = [0.1, 1, 10, 100, 1000].map((value) => [Math.log10(value), String(value)]);
      const ends = [
        Math.min(floor, ...far.map(([, value]) => value)) - 0.15,
        Math.max(...far.map(([, value]) => value)) + 0.1,
      ];
      luoxia.chart(distance, {
        x: [0, last],
        y: ends,
        xs,
        ys: tens.filter(([value]) => value > ends[0] && value < ends[1]),
        across: words.across,
        up: words.frechet,
        lines: [{ kind: "glow", points: far, dots: [far[at]] }],
        level: { at: floor, words: words.floor },
      });
    }

    function show(index) {
      at = index;
      pictures();
      charts();
      const moment = course.snapshots[at], missing = moment.counts.flatMap((count, digit) => (count ? [] : [digit]));
      luoxia.tally(counts, moment.counts.map((count) => count / course.samples), null, words.bar);
      output.textContent = `${at + 1} / ${course.snapshots.length} · ${
        moment.pictures.toLocaleString("en-US")
      } ${words.pictures_seen}`;
      const classes = missing.length
        ? fill(words.missing, { digits: missing.join(luoxia.lang === "zh" ? "、" : ", ") })
        : words.all;
      facts.textContent = fill(moment.pictures ? words.facts : words.before, {
        minutes: moment.minutes.toFixed(1),
        frechet: moment.frechet.toFixed(1),
        floor: course.frechet_floor.toFixed(1),
        classes,
      });
      range.value = at;
      luoxia.filled(range);
      range.setAttribute("aria-valuetext", `${output.textContent} · ${facts.textContent}`);
      root.dataset.frame = at;
    }

    const fetched = (model) => {
      if (!known.has(model)) {
        const image = new Image();
        image.src = addresses[model].sheet;
        known.set(
          model,
          Promise.all([
            fetch(addresses[model].facts).then((answer) => answer.json()),
            image.decode().then(() => image),
          ]),
        );
      }
      return known.get(model);
    };

    async function choose(model) {
      const mine = ++ticket, before = course && range.value === range.max;
      buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.model === model)));
      const found = await fetched(model);
      if (mine !== ticket) return;
      [course, sheet] = found;
      range.max = course.snapshots.length - 1;
      show(before ? +range.max : Math.min(at, +range.max));
      root.dataset.ready = model;
    }

    const stop = luoxia.player(root, play, range, show, 800);
    buttons.forEach((button) =>
      button.addEventListener("click", () => {
        stop();
        choose(button.dataset.model);
      })
    );

    luoxia.onceSeen(root, () => {
      const names = Object.keys(addresses);
      choose(names.includes("r3") ? "r3" : names[0]);
    });
    luoxia.onTheme(() => {
      if (course) {
        pictures();
        charts();
      }
    });
  };
})();
