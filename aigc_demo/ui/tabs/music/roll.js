// The piano roll: four voices that grow while they are written, a cursor that plays them, the odds of every note, and
// broken rules. Value: see services/music/scores.py.
(() => {
  const { make, fill } = luoxia;
  const HOLD = 1;
  const TALL = 7; // pixels of a semitone
  const NAMES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
  const name = (pitch) => `${NAMES[pitch % 12]}${Math.floor(pitch / 12) - 1}`;
  // the card of the landing page: rows of signs by voice, and a step of all voices after the other
  luoxia.rollCard = (canvas, rows, loop) => {
    canvas.classList.add("lx-roll-card");
    const { notesOf } = luoxia.organ;
    const all = rows.flatMap((signs, voice) => notesOf(signs).map((note) => ({ ...note, voice }))),
      pen = canvas.getContext("2d");
    const steps = rows[0].length, pitches = all.map((note) => note.pitch), high = Math.max(...pitches) + 1;
    const tall = 220 / (high - Math.min(...pitches) + 2), wide = 660 / steps;
    [canvas.width, canvas.height] = [660, 220];
    let last = steps;
    const show = (count) => {
      last = count;
      const style = getComputedStyle(canvas);
      pen.clearRect(0, 0, canvas.width, canvas.height);
      for (const { start, length, pitch, voice } of all) {
        if (start >= count) continue;
        pen.fillStyle = style.getPropertyValue(`--lx-voice-${voice}`);
        pen.fillRect(
          start * wide + 1,
          (high - pitch) * tall,
          Math.min(length, count - start) * wide - 2,
          Math.max(4, tall),
        );
      }
    };
    luoxia.onTheme(() => show(last));
    show(steps);
    if (!luoxia.calm()) loop(canvas, steps + 1, show, { pause: 180, rest: 14 }).start(0);
  };

  luoxia.roll = (element, props, watch) => {
    const root = element.querySelector(".lx-roll"), words = JSON.parse(root.dataset.words);
    const { sound, notesOf, scale, instrument } = luoxia.organ, { form } = root.dataset;
    const canvas = root.querySelector("canvas"),
      box = root.querySelector(".lx-roll-box"),
      button = root.querySelector(".lx-play");
    const facts = root.querySelector(".lx-roll-facts"),
      panel = root.querySelector(".lx-roll-note"),
      list = root.querySelector(".lx-roll-list");
    const player = root.querySelector(".lx-roll-player");
    const broken = root.querySelector(".lx-roll-faults"), pen = canvas.getContext("2d");
    let run = "", seen = 0, places = [], voices = [[], [], [], []], where = [{}, {}, {}, {}], value = null;
    let chosen = null, cursor = -1, stop = null, begun = 0, low = 48, high = 76, wide = 10;

    const notes = () => voices.flatMap((signs, voice) => notesOf(signs).map((note) => ({ ...note, voice })));
    const hue = (voice) => getComputedStyle(root).getPropertyValue(`--lx-voice-${voice}`);

    function draw() {
      const all = notes(), steps = Math.max(16, ...voices.map((signs) => signs.length));
      if (all.length) {
        [low, high] = [
          Math.min(...all.map((n) => n.pitch)) - 2,
          Math.max(...all.map((n) => n.pitch)) + 2,
        ];
      }
      wide = Math.max(9, Math.floor(box.clientWidth / steps));
      const width = steps * wide, height = (high - low + 1) * TALL, ratio = devicePixelRatio || 1;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      [canvas.width, canvas.height] = [width * ratio, height * ratio];
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, width, height);
      const style = getComputedStyle(root), line = style.getPropertyValue("--lx-roll-line"), ink = style.color;
      const metre = value ? value.metre : 4, upbeat = value ? value.upbeat : 0;
      for (let beat = 0; beat * 2 < steps; beat++) {
        pen.fillStyle = line;
        pen.globalAlpha = (beat - upbeat) % metre === 0 ? 1 : 0.35;
        pen.fillRect(beat * 2 * wide, 0, 1, height);
      }
      pen.globalAlpha = 1;
      all.forEach((note) => {
        pen.fillStyle = hue(note.voice);
        pen.fillRect(note.start * wide + 1, (high - note.pitch) * TALL + 1, note.length * wide - 1.5, TALL - 1);
      });
      pen.fillStyle = ink;
      (value ? value.fermatas : []).forEach((beat) => {
        pen.beginPath();
        pen.arc((beat * 2 + 0.5) * wide, 5, 3, 0, 7);
        pen.fill();
      });
      pen.lineWidth = 2;
      pen.strokeStyle = style.getPropertyValue("--lx-wrong") || "#c01f1f";
      (value ? value.faults : []).forEach(([, step, ...who]) =>
        who.forEach((voice) => {
          const note = notesOf(voices[voice]).find((one) => one.start <= step && step < one.start + one.length);
          if (note) pen.strokeRect(note.start * wide, (high - note.pitch) * TALL, note.length * wide, TALL + 1);
        })
      );
      if (chosen) {
        pen.strokeStyle = ink;
        pen.strokeRect(chosen.step * wide - 1, 1, wide + 2, height - 2);
      }
      if (cursor >= 0) {
        pen.fillStyle = ink;
        pen.fillRect(cursor * wide, 0, 2, height);
      }
    }

    function look(voice, step) { // the odds of a place
      const at = where[voice][step], place = places[at];
      chosen = place ? { voice, step } : null;
      panel.textContent = "";
      list.replaceChildren();
      draw();
      if (!place) return;
      const said = (sign) => (sign > HOLD ? name(sign) : sign === HOLD ? words.hold : words.rest);
      panel.textContent = fill(words.note, {
        voice: words[`voice${voice}`],
        sign: said(place[3]),
        p: luoxia.percent(place[4]),
      });
      const rivals = place[5];
      if (!rivals.length) {
        panel.textContent = fill(words.given, { voice: words[`voice${voice}`], sign: said(place[3]) });
      }
      for (let i = 0; i < rivals.length; i += 3) {
        const [token, sign, p] = rivals.slice(i, i + 3),
          row = make("li"),
          pick = make("button", { type: "button", className: "lx-rival-note" });
        const bar = make("i");
        bar.style.width = `${100 * p}%`;
        pick.append(
          make("b", { textContent: said(sign) }),
          make("span", {}, bar),
          make("output", { textContent: luoxia.percent(p) }),
        );
        pick.disabled = token === place[0];
        pick.addEventListener("click", () => {
          const opening = [...places.slice(0, at).map((one) => one[0]), token].join(" ");
          luoxia.values(form, () => ({ opening }));
          setTimeout(() => document.getElementById(`${form}-run`).click(), 300);
        });
        row.append(pick);
        list.append(row);
      }
    }

    canvas.addEventListener("click", (event) => {
      const step = Math.floor(event.offsetX / wide), pitch = high - Math.floor(event.offsetY / TALL);
      const near = voices.map((signs, voice) => {
        const note = notesOf(signs).find((one) => one.start <= step && step < one.start + one.length);
        return note ? { voice, step: note.start, gap: Math.abs(note.pitch - pitch) } : null;
      }).filter(Boolean).sort((a, b) => a.gap - b.gap)[0];
      if (near) look(near.voice, near.step);
    });
    canvas.addEventListener("keydown", (event) => {
      const moves = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
      if (!moves || !places.length) return;
      event.preventDefault();
      const now = chosen || { voice: 0, step: -1 };
      const voice = Math.max(0, Math.min(3, now.voice + moves[0]));
      look(voice, Math.max(0, Math.min(voices[voice].length - 1, now.step + moves[1])));
    });

    const idle = () => {
      stop = null;
      cursor = -1;
      button.classList.remove("lx-playing");
      draw();
    };
    const play = (from) => {
      begun = from;
      button.classList.add("lx-playing");
      stop = sound(
        notes(),
        30 / value.tempo,
        from,
        (step) => {
          cursor = step;
          const x = step * wide - box.scrollLeft;
          if (x < 0 || x > box.clientWidth - 40) box.scrollLeft = step * wide - 40;
          draw();
        },
        idle,
        form,
      );
    };
    button.addEventListener("click", () => {
      if (stop) return stop();
      if (value && notes().length) play(chosen ? chosen.step : 0);
      tune();
    });
    async function tune() { // says whether the instrument is there
      const name = instrument(form), own = name === "organ";
      if (!own && root.dataset.instrument !== name) player.textContent = words.fetching;
      const found = await scale(name);
      if (name !== instrument(form)) return;
      player.textContent = found || own ? "" : words.absent;
      root.dataset.instrument = found ? name : "organ";
    }
    document.addEventListener("lx-instrument", ({ detail }) => {
      if (detail !== form) return;
      if (stop) {
        const at = cursor < 0 ? begun : cursor;
        stop();
        play(at);
      }
      tune();
    });

    function tell() {
      const count = {};
      value.faults.forEach(([kind]) => {
        count[kind] = (count[kind] || 0) + 1;
      });
      const kinds = Object.entries(count).map(([kind, times]) => `${words[kind]} ${times}`);
      broken.textContent = kinds.length ? `${words.broken}${kinds.join(" · ")}` : value.done ? words.clean : "";
      broken.dataset.count = value.faults.length;
      facts.textContent = fill(words.facts, {
        nats: value.nats.toFixed(2),
        speed: Math.round(value.speed),
        times: value.times.toFixed(value.times < 10 ? 1 : 0),
      });
    }

    const show = () => {
      if (!props.value || !props.value.run) return;
      value = props.value;
      if (value.run !== run) {
        if (stop) stop();
        run = value.run;
        [seen, places, chosen] = [0, [], null];
        [voices, where] = [[[], [], [], []], [{}, {}, {}, {}]];
        look(0, -1);
      }
      value.parts.slice(seen).flatMap((part) => JSON.parse(part)).forEach((place) => {
        const [token, voice, step, sign] = place;
        if (voice >= 0 && token > 1) {
          voices[voice][step] = sign;
          where[voice][step] = places.length;
        }
        places.push(place);
      });
      seen = value.parts.length;
      root.dataset.ready = run;
      root.dataset.tokens = places.length;
      root.dataset.done = Number(value.done);
      root.dataset.run = run;
      root.dataset.steps = value.steps;
      tell();
      draw();
    };
    root.querySelector(".lx-anew").addEventListener(
      "click",
      () => luoxia.values(form, () => ({ opening: "" })),
    );
    new ResizeObserver(draw).observe(box);
    luoxia.onTheme(draw);
    watch("value", show);
    show();
  };
})();
