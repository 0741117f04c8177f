// The time machine of chorales: one melody with the voices that a model gave it at moments of its training, played by
// the browser; the loss, and how often rules are broken, beside Bach's rate.
// Value: address of a JSON file, see training/chorale_snapshots.py.
(() => {
  const { fill } = luoxia;
  const TALL = 7, TEMPO = 88; // pixels of a semitone, beats a minute

  luoxia.grown = (element, props) => {
    const root = element.querySelector(".lx-grown");
    if (!root) return;
    const { sound, notesOf } = luoxia.organ, words = JSON.parse(root.dataset.words);
    const canvas = root.querySelector("canvas"),
      box = root.querySelector(".lx-roll-box"),
      pen = canvas.getContext("2d");
    const hear = root.querySelector(".lx-grown-hear"), own = root.querySelector(".lx-grown-bach");
    const [losses, rules] = root.querySelectorAll(".lx-chart svg"), facts = root.querySelector(".lx-facts-line");
    const scrub = root.querySelector(".lx-scrub"),
      range = scrub.querySelector("input"),
      output = scrub.querySelector("output");
    let course = null, at = 0, bach = false, cursor = -1, hush = null;

    const shown = () => (bach ? course.bach : course.snapshots[at]);
    const notes = () => shown().voices.flatMap((signs, voice) => notesOf(signs).map((note) => ({ ...note, voice })));
    // one place for all moments, so that a note stands where it stood
    const extent = () => {
      const all = [course.bach, ...course.snapshots].flatMap((one) => one.voices.flat()).filter((sign) => sign > 1);
      return [Math.min(...all) - 2, Math.max(...all) + 2];
    };

    function draw() {
      if (!course) return;
      const steps = course.bach.voices[0].length, [low, high] = extent();
      const wide = Math.max(7, Math.floor(box.clientWidth / steps)), width = wide * steps;
      const height = (high - low + 1) * TALL, ratio = devicePixelRatio || 1;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      [canvas.width, canvas.height] = [width * ratio, height * ratio];
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      const style = getComputedStyle(root);
      pen.fillStyle = style.getPropertyValue("--lx-roll-line");
      for (let beat = 0; 2 * beat < steps; beat++) {
        pen.globalAlpha = (beat - course.melody.upbeat) % course.melody.metre === 0 ? 1 : 0.35;
        pen.fillRect(2 * beat * wide, 0, 1, height);
      }
      pen.globalAlpha = 1;
      for (const { voice, start, length, pitch } of notes()) {
        pen.fillStyle = style.getPropertyValue(`--lx-voice-${voice}`);
        pen.fillRect(start * wide + 1, (high - pitch) * TALL + 1, length * wide - 1.5, TALL - 1);
      }
      pen.lineWidth = 2;
      pen.strokeStyle = style.getPropertyValue("--lx-wrong") || "#c01f1f";
      for (const [, step, ...who] of shown().faults) {
        for (const voice of who) {
          const note = notesOf(shown().voices[voice]).find((one) => one.start <= step && step < one.start + one.length);
          if (note) pen.strokeRect(note.start * wide, (high - note.pitch) * TALL, note.length * wide, TALL + 1);
        }
      }
      if (cursor >= 0) {
        pen.fillStyle = style.color;
        pen.fillRect(cursor * wide, 0, 2, height);
        const x = cursor * wide - box.scrollLeft;
        if (x < 0 || x > box.clientWidth - 40) box.scrollLeft = cursor * wide - 40;
      }
    }

    function plot() {
      const seen = course.snapshots, last = seen.length - 1;
      const { place, xs } = luoxia.momentAxis(seen.map((moment) => moment.step));
      const line = (kind, name) => {
        const points = seen.map((moment, i) => [i, moment[name]]);
        return { kind, points, dots: [points[at]] };
      };
      luoxia.chart(losses, {
        x: [0, last],
        y: [0, 1.06 * Math.max(course.guess, ...seen.map((moment) => moment.nats))],
        xs,
        across: words.across,
        up: words.up,
        lines: [
          { kind: "glow", points: course.curve.map((one) => [place(one.step), one.loss]) },
          line("water", "nats"),
        ],
        level: { at: course.guess, words: fill(words.guess, { nats: course.guess.toFixed(2) }) },
      });
      luoxia.chart(rules, {
        x: [0, last],
        y: [0, 1.1 * Math.max(...seen.flatMap((moment) => [moment.fifths, moment.octaves]))],
        xs,
        across: words.across,
        up: words.parallels,
        lines: [line("glow", "fifths"), line("water", "octaves")],
        level: { at: course.bach.fifths, words: fill(words.bach_fifths, { x: course.bach.fifths.toFixed(1) }) },
      });
    }

    function show(index, playing) {
      if (!playing) bach = false;
      at = index;
      const moment = course.snapshots[at];
      if (hush) hush();
      draw();
      plot();
      own.setAttribute("aria-pressed", String(bach));
      output.textContent = `${at + 1} / ${course.snapshots.length} · ${
        fill(words.step, { x: luoxia.count(moment.step) })
      }`;
      const set = { seed: course.seed, temperature: course.temperature, count: course.melodies };
      const said = {
        fifths: shown().fifths.toFixed(1),
        octaves: shown().octaves.toFixed(1),
        broken: shown().faults.length,
      };
      const known = { ...said, nats: moment.nats.toFixed(3), minutes: moment.minutes.toFixed(1) };
      facts.textContent = `${fill(bach ? words.bach_facts : words.facts, known)}\n${fill(words.settings, set)}`;
      range.value = at;
      luoxia.filled(range);
      range.setAttribute("aria-valuetext", `${output.textContent} · ${facts.textContent}`);
      root.dataset.frame = at;
      root.dataset.shown = bach ? "bach" : "model";
    }

    hear.addEventListener("click", () => {
      if (hush) return hush();
      if (!course) return;
      stop();
      hear.classList.add("lx-playing");
      hush = sound(notes(), 30 / TEMPO, 0, (step) => {
        cursor = step;
        draw();
      }, () => {
        [hush, cursor] = [null, -1];
        hear.classList.remove("lx-playing");
        draw();
      });
    });
    own.addEventListener("click", () => {
      if (!course) return;
      stop();
      bach = !bach;
      show(at, true);
    });
    const stop = luoxia.player(root, scrub.querySelector(".lx-play"), range, (index) => course && show(index), 1500);
    new ResizeObserver(draw).observe(box);
    luoxia.onTheme(draw);
    luoxia.onceSeen(root, async () => {
      course = await (await fetch(props.value.course)).json();
      range.max = course.snapshots.length - 1;
      show(0);
      root.dataset.ready = course.checkpoint;
    });
  };
})();
