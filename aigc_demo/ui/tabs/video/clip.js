// Clips under two sliders: time, and noise level or stop. Sheets have a column per frame and a row per pane, one sheet
// per level; moving a slider never asks the server. Value, see services/video/clips.py:
//   {sheets: [{url}], panes: [name], levels: [t], frames, w, h,
//    digits: 2 where a sheet has a digit in red and another in green,
//    opens: share of the levels at which it stands first,
//    motions: [[{track, fitted, wrong, speed, steady, read, sure}]] of the last sheet, or of every sheet, per digit}
// Of a clip that goes on from given frames also (services/video/forecast.py):
//   {given, errors: [of a continued frame], errors_still, motions: [[{track, fitted, wrong, bounces, missed}]]}
(() => {
  const { make, fill, paint, palette } = luoxia;
  const PAUSE = 110; // milliseconds of a frame
  const svg = (name, attributes) => {
    const part = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
    return part;
  };

  luoxia.clip = (element, props, watch) => {
    const root = element.querySelector(".lx-clip"), words = JSON.parse(root.dataset.words);
    const stage = root.querySelector(".lx-panes"), film = root.querySelector(".lx-clip-film");
    const [time, level] = root.querySelectorAll("input[type=range]");
    const [clock, depth] = root.querySelectorAll("output");
    const play = root.querySelector(".lx-play"), line = root.querySelector(".lx-clip-motion");
    const scratch = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    let value = null, bitmaps = [], urls = [], tables = null, water = null, timer = 0, loading = 0;

    const motions = () => { // of the digits of the clip that is shown
      const known = value.motions || [];
      if (known.length === value.sheets.length) return known[+level.value];
      return (+level.value === +level.max && known[0]) || [];
    };
    const wrong = (seen, frame) => seen.some((motion) => motion.wrong[frame]);

    function colours() {
      tables = palette(false);
      water = palette(true).slice(0, 3);
    }

    function build() {
      const names = value.panes.join();
      if (stage.dataset.names !== names) {
        stage.dataset.names = names;
        stage.replaceChildren(...value.panes.map((pane) => {
          const canvas = make("canvas", { width: value.w, height: value.h });
          canvas.setAttribute("role", "img");
          canvas.setAttribute("aria-label", words[pane]);
          const marks = svg("svg", { viewBox: `0 0 ${value.w} ${value.h}`, "aria-hidden": "true" });
          const box = make("div", { className: "lx-clip-pane" }, canvas, marks);
          return make("figure", {}, box, make("figcaption", { textContent: words[pane] }));
        }));
      }
      if (film.children.length !== value.frames) {
        film.replaceChildren(...Array.from({ length: value.frames }, (_, i) => {
          const button = make("button", { type: "button" }, make("canvas", { width: value.w, height: value.h }));
          button.setAttribute("aria-label", fill(words.frame, { i: i + 1, n: value.frames }));
          button.addEventListener("click", () => {
            stop();
            show(i);
          });
          return button;
        }));
      }
    }

    function draw(canvas, frame, row) {
      const { w, h } = value;
      [scratch.canvas.width, scratch.canvas.height] = [w, h];
      scratch.drawImage(bitmaps[+level.value], frame * w, row * h, w, h, 0, 0, w, h);
      if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
      const pixels = scratch.getImageData(0, 0, w, h).data;
      if (value.digits === 2) paintBoth(canvas, pixels);
      else paint(canvas, pixels, tables);
    }

    function paintBoth(canvas, pixels) { // the first digit in ink, the second in water, both on the page's surface
      const out = new ImageData(canvas.width, canvas.height);
      for (let i = 0; i < pixels.length; i += 4) {
        for (let c = 0; c < 3; c++) {
          const surface = tables[c], ink = tables[3 * pixels[i] + c] - surface;
          out.data[i + c] = surface + ink + (pixels[i + 1] / 255) * (water[c] - surface);
        }
        out.data[i + 3] = 255;
      }
      canvas.getContext("2d").putImageData(out, 0, 0);
    }

    function show(frame) {
      const seen = motions();
      [...stage.children].forEach((figure, row) => {
        draw(figure.querySelector("canvas"), frame, row);
        const marks = figure.querySelector("svg");
        marks.replaceChildren();
        if (row === value.panes.length - 1) seen.forEach((motion) => mark(marks, motion, frame));
      });
      [...film.children].forEach((button, i) => button.setAttribute("aria-current", String(i === frame)));
      time.value = frame;
      luoxia.filled(time);
      clock.textContent = `${frame + 1} / ${value.frames}`;
      time.setAttribute("aria-valuetext", clock.textContent);
      root.dataset.frame = frame;
      if (value.errors) chart(frame);
    }

    function mark(marks, motion, frame) { // the way that fits best, and where the digit is in every frame
      const points = motion.fitted.map(([y, x]) => `${x},${y}`).join(" ");
      marks.append(svg("polyline", { points, class: "lx-clip-way" }));
      motion.track.forEach(([y, x], i) => {
        const kind = motion.wrong[i] ? "lx-clip-off" : "lx-clip-on";
        if (i === frame || motion.wrong[i] || value.digits !== 2) { // of two digits no more than must be seen
          marks.append(svg("circle", { cx: x, cy: y, r: i === frame ? 0.9 : 0.35, class: kind }));
        }
      });
    }

    function chart(frame) {
      const { given, errors, errors_still: still } = value, most = Math.max(...errors, ...still, 0.001);
      const line = (kind, heights) => {
        const points = heights.map((height, i) => [given + i + 1, height]);
        return { kind, points, dots: points.slice(Math.max(0, frame - given), frame < given ? 0 : frame - given + 1) };
      };
      luoxia.chart(root.querySelector(".lx-chart svg"), {
        x: [given + 0.5, value.frames + 0.5],
        y: [0, 1.1 * most],
        across: words.across,
        up: words.up,
        lines: [line("water", still), line("glow", errors)],
      });
    }

    function deepen() { // another level: the whole film is drawn anew
      const row = Math.max(0, value.panes.indexOf(root.dataset.film)), seen = motions();
      [...film.children].forEach((button, i) => {
        draw(button.firstChild, i, row);
        button.classList.toggle("lx-clip-wrong", wrong(seen, i));
        button.classList.toggle("lx-clip-given", i < value.given);
        button.classList.toggle("lx-clip-bounce", Boolean(seen[0]?.bounces?.includes(i)));
      });
      const t = value.levels[+level.value], count = value.sheets.length;
      if (root.dataset.kind === "stop") depth.textContent = fill(words.stop, { i: +level.value + 1, n: count });
      else depth.textContent = t < 0 ? words.done : fill(words.level, { t });
      level.setAttribute("aria-valuetext", depth.textContent);
      luoxia.filled(level);
      root.dataset.level = level.value;
      luoxia.sentence(line, told(seen));
      show(+time.value);
    }

    function told(seen) {
      const between = luoxia.lang === "zh" ? "" : " ", names = [words.one, words.other];
      return seen.map((motion, i) => {
        const sentences = motion.read ? alone(motion) : beside(motion);
        return (seen.length > 1 ? [names[i], ...sentences] : sentences).join(between);
      }).join(between);
    }

    const places = (frames) => frames.map((i) => i + 1).join(luoxia.text.several);
    const off = (seen) => seen.wrong.flatMap((wrong, i) => (wrong ? [i] : []));

    function beside({ bounces, missed, ...seen }) { // a true flight
      const wrong = off(seen), values = { all: bounces.length, places: places(missed) };
      return [
        wrong.length ? fill(words.off, { places: places(wrong) }) : words.near,
        bounces.length ? fill(missed.length ? words.missed : words.bounced, values) : words.no_bounce,
      ];
    }

    function alone(seen) {
      const counts = seen.read.reduce((sum, digit) => ({ ...sum, [digit]: (sum[digit] || 0) + 1 }), {});
      const [read, right] = Object.entries(counts).sort((a, b) => b[1] - a[1])[0];
      const wrong = off(seen);
      return [
        fill(words.read, { read, right, frames: value.frames }),
        fill(words.flies, { speed: seen.speed.toFixed(1) }),
        wrong.length ? fill(words.wrong, { places: places(wrong) }) : words.straight,
      ];
    }

    function stop() {
      clearInterval(timer);
      timer = 0;
      play.classList.remove("lx-playing");
    }

    function start() {
      stop();
      play.classList.add("lx-playing");
      timer = setInterval(() => {
        if (!element.isConnected) return stop();
        if (!document.hidden) show((+time.value + 1) % value.frames);
      }, PAUSE);
    }

    async function load() {
      const fresh = props.value;
      if (!fresh || !fresh.sheets || !fresh.sheets.length) return;
      const ticket = ++loading, wanted = fresh.sheets.map((file) => file.url || file.path);
      const known = new Map(urls.map((url, i) => [url, bitmaps[i]]));
      const opened = await Promise.all(
        wanted.map(async (url) => known.get(url) || createImageBitmap(await (await fetch(url)).blob())),
      );
      if (ticket !== loading) return;
      const first = !value, followed = first || +level.value >= +level.max || !wanted.includes(urls[0]);
      [value, bitmaps, urls] = [fresh, opened, wanted];
      colours();
      time.max = value.frames - 1;
      level.max = value.sheets.length - 1;
      level.closest(".lx-clip-levels").hidden = value.sheets.length < 2 && root.dataset.kind === "none";
      if (followed) level.value = Math.round((first ? fresh.opens ?? 1 : 1) * +level.max);
      build();
      deepen();
      root.dataset.count = value.sheets.length;
      root.dataset.done = Number(Boolean(value.motions) || root.dataset.kind === "none");
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
      if (first && !luoxia.calm()) start();
    }

    time.addEventListener("input", () => {
      stop();
      if (value) show(+time.value);
    });
    level.addEventListener("input", () => value && deepen());
    play.addEventListener("click", () => value && (timer ? stop() : start()));
    luoxia.onTheme(() => {
      colours();
      if (value) deepen();
    });
    watch("value", load);
    load();
  };
})();
