// Sounds that are looked at: spectrogram over waveform, and both are the player: a click plays from there. As a reel,
// the panes of one step stand side by side over a scrubber; as a series, all sounds do. Value:
//   {sheets: [{url}], a column per sound and a row per pane; sounds: [{url}], for every pane a WAV file with all sounds
//    one after the other; counts: [sounds], panes, w, h, rate, length: samples of a sound, levels: [t], titles, notes,
//    opens: share of a reel at which it stands first}
// `luoxia.recorder`: a sound from the microphone or a file. Value: a data URL, "" without one.
(() => {
  const { make, fill } = luoxia;
  let context = null; // of all players: browsers allow few, and only one is heard at a time
  let hush = () => {};

  function decoded(buffer) { // samples of a WAV file of 16 bits
    const view = new DataView(buffer);
    let at = 12;
    while (view.getUint32(at, false) !== 0x64617461) {
      at += 8 + view.getUint32(at + 4, true) + (view.getUint32(at + 4, true) % 2);
    }
    const count = Math.min(view.getUint32(at + 4, true), buffer.byteLength - at - 8) >> 1;
    return Float32Array.from({ length: count }, (_, i) => view.getInt16(at + 8 + 2 * i, true) / 32768);
  }

  luoxia.soundPlayer = (element, props, watch) => {
    const root = element.querySelector(".lx-sound-player"), stage = root.querySelector(".lx-sounds");
    const words = JSON.parse(root.dataset.words), series = root.dataset.series === "1";
    const range = root.querySelector("input[type=range]"),
      label = root.querySelector("output"),
      button = root.querySelector(".lx-play");
    const scratch = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    let meta = null, sheet = null, samples = [], cells = [], loading = 0, playing = null, now = 0;

    const count = () => (meta ? meta.counts[0] : 0);
    const seconds = () => meta.length / meta.rate;
    const shownAs = (cell) => (series ? cell.index : now); // which sound a cell shows

    function cursor(cell, share) {
      cell.mark.style.left = `${100 * share}%`;
      cell.mark.hidden = share < 0;
      cell.face.setAttribute("aria-valuenow", Math.round(1000 * Math.max(0, share) * seconds()));
    }

    function stop() {
      if (!playing) return;
      const { source, frame, cell } = playing;
      playing = null;
      source.onended = null;
      source.stop();
      cancelAnimationFrame(frame);
      clearTimeout(frame);
      cell.face.classList.remove("lx-heard-now");
      cursor(cell, -1);
      button.classList.remove("lx-playing");
    }

    function play(cell, share, then) {
      hush();
      hush = stop;
      context ||= new AudioContext();
      context.resume();
      const pane = samples[cell.pane], first = shownAs(cell) * meta.length;
      const buffer = context.createBuffer(1, meta.length, meta.rate);
      buffer.copyToChannel(pane.subarray(first, first + meta.length), 0);
      const source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(context.destination);
      const began = context.currentTime, calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      source.onended = () => {
        stop();
        if (then) then();
      };
      source.start(0, share * seconds());
      playing = { source, cell, frame: 0 };
      cell.face.classList.add("lx-heard-now");
      root.dataset.heard = `${meta.panes[cell.pane]} ${shownAs(cell)}`;
      const follow = () => {
        if (!playing || playing.source !== source) return;
        cursor(cell, Math.min(1, share + (context.currentTime - began) / seconds()));
        playing.frame = calm ? setTimeout(follow, 250) : requestAnimationFrame(follow);
      };
      follow();
    }

    function face(pane, index) {
      const name = series ? meta.titles[index] || String(index + 1) : words[meta.panes[pane]] || "";
      const box = make("div", { className: "lx-heard" });
      const figure = make("figure", {}, box, make("figcaption", { textContent: name }));
      const picture = make("canvas", { width: meta.w, height: meta.h }),
        wave = make("canvas", { className: "lx-wave", width: 256, height: 48 });
      const mark = make("i", { hidden: true });
      box.append(picture, wave, mark);
      if (meta.notes && meta.notes[index]) {
        figure.append(make("p", { className: "lx-small", textContent: meta.notes[index] }));
      }
      const facts = {
        role: "slider",
        tabindex: "0",
        "aria-label": `${words.hear} ${name}`,
        "aria-valuemin": "0",
        "aria-valuemax": String(Math.round(1000 * seconds())),
        "aria-valuenow": "0",
      };
      Object.entries(facts).forEach(([key, value]) => box.setAttribute(key, value));
      const cell = { pane, index, face: box, picture, wave, mark };
      box.addEventListener("click", (event) => {
        const place = box.getBoundingClientRect();
        if (series) select(index);
        play(cell, Math.max(0, Math.min(0.99, (event.clientX - place.left) / place.width)));
      });
      box.addEventListener("keydown", (event) => {
        const share = +box.getAttribute("aria-valuenow") / 1000 / seconds(),
          step = { ArrowLeft: -0.1, ArrowRight: 0.1 }[event.key];
        if (event.key === " " || event.key === "Enter") playing && playing.cell === cell ? stop() : play(cell, 0);
        else if (step) play(cell, Math.max(0, Math.min(0.99, share + step)));
        else if (event.key === "Home") play(cell, 0);
        else if (event.key === "Escape") stop();
        else return;
        event.preventDefault();
      });
      stage.append(figure);
      return cell;
    }

    function draw(cell) {
      const { w, h } = meta, index = shownAs(cell);
      [scratch.canvas.width, scratch.canvas.height] = [w, h];
      scratch.drawImage(sheet, index * w, cell.pane * h, w, h, 0, 0, w, h);
      luoxia.paint(cell.picture, scratch.getImageData(0, 0, w, h).data, luoxia.palette(false));
      const pen = cell.wave.getContext("2d"), { width, height } = cell.wave, part = meta.length / width;
      pen.clearRect(0, 0, width, height);
      pen.fillStyle = getComputedStyle(document.body).getPropertyValue("--lx-water").trim() || "#1F6F8B";
      const sound = samples[cell.pane], first = index * meta.length;
      for (let x = 0; x < width; x++) {
        let low = 0, high = 0;
        for (let i = Math.floor(first + x * part); i < first + (x + 1) * part; i++) {
          [low, high] = [Math.min(low, sound[i]), Math.max(high, sound[i])];
        }
        pen.fillRect(x, (height / 2) * (1 - high), 1, Math.max(1, (height / 2) * (high - low)));
      }
    }

    function select(index) {
      now = Math.max(0, Math.min(count() - 1, index | 0));
      range.value = now;
      luoxia.filled(range);
      const level = meta.levels[now], place = `${now + 1} / ${count()}`;
      label.textContent = level === undefined
        ? `${meta.titles[now] || ""} · ${place}`
        : level < 0
        ? `${place} · ${words.done}`
        : `${place} · t = ${level}`;
      range.setAttribute("aria-valuetext", label.textContent);
      root.dataset.frame = now;
      if (series) cells.forEach((cell) => cell.face.parentElement.classList.toggle("lx-chosen", cell.index === now));
      else cells.forEach(draw);
    }

    function all(index) { // one after the other
      select(index);
      const cell = series ? cells[index] : cells[0];
      play(cell, 0, () => {
        if (index + 1 < count()) all(index + 1);
      });
      button.classList.add("lx-playing");
    }

    async function load() {
      const value = props.value;
      if (!value || !value.sounds || !value.sounds.length) return;
      const ticket = ++loading;
      const [picture, ...files] = await Promise.all(
        [value.sheets[0], ...value.sounds].map(async (file) => fetch(file.url || file.path)),
      );
      const bitmap = await createImageBitmap(await picture.blob());
      const heard = await Promise.all(files.map(async (file) => decoded(await file.arrayBuffer())));
      if (ticket !== loading) return;
      stop();
      [meta, sheet, samples] = [value, bitmap, heard];
      stage.replaceChildren();
      cells = series
        ? Array.from({ length: count() }, (_, i) => face(0, i))
        : meta.panes.map((_, pane) => face(pane, 0));
      stage.style.setProperty("--lx-across", Math.ceil(count() / Math.ceil(count() / 6))); // rows as full as can be
      range.max = Math.max(0, count() - 1);
      range.closest(".lx-scrub").hidden = count() < 2;
      select(series ? 0 : Math.round((meta.opens ?? 1) * (count() - 1)));
      cells.forEach(draw);
      root.dataset.count = count();
      root.dataset.ready = "1";
    }

    range.addEventListener("input", () => {
      stop();
      select(+range.value);
    });
    range.addEventListener("change", () => {
      if (!series) play(cells[0], 0);
    });
    button.addEventListener("click", () => (playing ? stop() : all(+range.value >= +range.max ? 0 : +range.value)));
    luoxia.onTheme(() => {
      if (meta) cells.forEach(draw);
    });
    watch("value", load);
    load();
  };

  luoxia.recorder = (element, props, watch, trigger) => {
    const root = element.querySelector(".lx-recorder"), words = JSON.parse(root.dataset.words);
    const [record, choose, clear] = root.querySelectorAll("button"),
      input = root.querySelector("input"),
      output = root.querySelector("output");
    const MOST = 5_500_000, LONGEST = 4000; // bytes that are sent, milliseconds that are recorded
    let recorder = null, timer = 0;

    const show = () => {
      output.textContent = recorder ? words.recording : props.value ? words.there : words.none;
    };
    const send = (url) => {
      props.value = url;
      show();
      trigger("change");
    };
    const read = (blob) => {
      if (blob.size > MOST) return luoxia.toast(fill(words.large, { megabytes: (blob.size / 1e6).toFixed(1) }));
      const reader = new FileReader();
      const kind = /^(audio|video)\//.test(blob.type) ? blob.type : "application/octet-stream";
      reader.onload = () => send(`data:${kind.split(";")[0]};base64,${String(reader.result).split(",")[1] || ""}`);
      reader.readAsDataURL(blob);
    };
    async function start() {
      let stream;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      } catch {
        return luoxia.toast(words.no_microphone);
      }
      const parts = [];
      recorder = new MediaRecorder(stream);
      recorder.ondataavailable = (event) => parts.push(event.data);
      recorder.onstop = () => {
        clearTimeout(timer);
        stream.getTracks().forEach((track) => track.stop());
        const kind = recorder.mimeType;
        recorder = null;
        record.textContent = words.record;
        read(new Blob(parts, { type: kind || "audio/webm" }));
      };
      recorder.start();
      timer = setTimeout(() => recorder && recorder.stop(), LONGEST);
      record.textContent = words.stop;
      show();
    }
    record.addEventListener("click", () => (recorder ? recorder.stop() : start()));
    choose.addEventListener("click", () => input.click());
    clear.addEventListener("click", () => send(""));
    input.addEventListener("change", () => {
      if (input.files[0]) read(input.files[0]);
      input.value = "";
    });
    luoxia.onDrop(root, read);
    watch("value", show);
    show();
  };
})();
