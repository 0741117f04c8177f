// Clips under two sliders: time, and noise level or stop. Sheets have a column per frame and a row per pane, one sheet
// per level; moving a slider never asks the server. Value, see services/video/clips.py:
//   {sheets: [{url}], panes: [name], levels: [t], frames, w, h,
//    opens: share of the levels at which it stands first,
//    motion: [{track, fitted, wrong, speed, steady, read, sure}] of the last sheet, or of every sheet}
// Of a clip that goes on from given frames also (services/video/forecast.py):
//   {given, errors: [of a continued frame], errors_still, motion: [{track, fitted, wrong, bounces, missed}]}
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
    let value = null, bitmaps = [], urls = [], tables = null, timer = 0, loading = 0;

    const motion = () => {
      const known = value.motion || [];
      if (known.length === value.sheets.length) return known[+level.value];
      return +level.value === +level.max ? known[0] : undefined;
    };

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
      paint(canvas, scratch.getImageData(0, 0, w, h).data, tables);
    }

    function show(frame) {
      const seen = motion();
      [...stage.children].forEach((figure, row) => {
        draw(figure.querySelector("canvas"), frame, row);
        const marks = figure.querySelector("svg");
        marks.replaceChildren();
        if (!seen || row !== value.panes.length - 1) return;
        const points = (places) => places.map(([y, x]) => `${x},${y}`).join(" ");
        marks.append(svg("polyline", { points: points(seen.fitted), class: "lx-clip-way" }));
        seen.track.forEach(([y, x], i) => {
          const kind = seen.wrong[i] ? "lx-clip-off" : "lx-clip-on";
          marks.append(svg("circle", { cx: x, cy: y, r: i === frame ? 0.9 : 0.35, class: kind }));
        });
      });
      [...film.children].forEach((button, i) => button.setAttribute("aria-current", String(i === frame)));
      time.value = frame;
      luoxia.filled(time);
      clock.textContent = `${frame + 1} / ${value.frames}`;
      time.setAttribute("aria-valuetext", clock.textContent);
      root.dataset.frame = frame;
      if (value.errors) chart(frame);
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
      const row = Math.max(0, value.panes.indexOf(root.dataset.film)), seen = motion();
      [...film.children].forEach((button, i) => {
        draw(button.firstChild, i, row);
        button.classList.toggle("lx-clip-wrong", Boolean(seen && seen.wrong[i]));
        button.classList.toggle("lx-clip-given", i < value.given);
        button.classList.toggle("lx-clip-bounce", Boolean(seen?.bounces?.includes(i)));
      });
      const t = value.levels[+level.value], count = value.sheets.length;
      if (root.dataset.kind === "stop") depth.textContent = fill(words.stop, { i: +level.value + 1, n: count });
      else depth.textContent = t < 0 ? words.done : fill(words.level, { t });
      level.setAttribute("aria-valuetext", depth.textContent);
      luoxia.filled(level);
      root.dataset.level = level.value;
      luoxia.sentence(line, seen ? told(seen) : "");
      show(+time.value);
    }

    function told(seen) {
      const sentences = seen.read ? alone(seen) : beside(seen);
      return sentences.join(luoxia.lang === "zh" ? "" : " ");
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
      [value, bitmaps, urls, tables] = [fresh, opened, wanted, palette(false)];
      time.max = value.frames - 1;
      level.max = value.sheets.length - 1;
      level.closest(".lx-clip-levels").hidden = value.sheets.length < 2 && root.dataset.kind === "none";
      if (followed) level.value = Math.round((first ? fresh.opens ?? 1 : 1) * +level.max);
      build();
      deepen();
      root.dataset.count = value.sheets.length;
      root.dataset.done = Number(Boolean(value.motion) || root.dataset.kind === "none");
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
      tables = palette(false);
      if (value) deepen();
    });
    watch("value", load);
    load();
  };
})();
