// A melody by clicks or from a MIDI file. Value: a sign per eighth, a MIDI pitch, "-" held, "." rest, or the file as a
// data URL.
(() => {
  const HOLD = 1, REST = 0;

  luoxia.melody = (element, props, watch, trigger) => {
    const root = element.querySelector(".lx-melody"),
      canvas = root.querySelector("canvas"),
      pen = canvas.getContext("2d");
    const box = root.querySelector(".lx-roll-box"),
      lengths = [...root.querySelectorAll("[data-length]")],
      input = root.querySelector("input[type=file]");
    const LOW = 57, HIGH = 81, STEPS = 128, WIDE = 11, TALL = 8;
    const { sound, notesOf } = luoxia.organ;
    let length = 2, stop = null;

    const signs = () => (/^data:/.test(props.value || "") ? [] : (props.value || "").split(" ").filter(Boolean).map((
      word,
    ) => (word === "-" ? HOLD : word === "." ? REST : +word)));
    const send = (next) => {
      while (next.length && next[next.length - 1] === REST) next.pop();
      props.value = next.map((sign) => (sign === HOLD ? "-" : sign === REST ? "." : sign)).join(" ");
      draw();
      trigger("change");
    };
    function draw() {
      const style = getComputedStyle(root), ratio = devicePixelRatio || 1;
      [canvas.width, canvas.height] = [STEPS * WIDE * ratio, (HIGH - LOW + 1) * TALL * ratio];
      canvas.style.width = `${STEPS * WIDE}px`;
      canvas.style.height = `${(HIGH - LOW + 1) * TALL}px`;
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      for (let pitch = LOW; pitch <= HIGH; pitch++) {
        pen.fillStyle = style.getPropertyValue("--lx-roll-line");
        pen.globalAlpha = [1, 3, 6, 8, 10].includes(pitch % 12) ? 0.35 : 0.08;
        pen.fillRect(0, (HIGH - pitch) * TALL, STEPS * WIDE, TALL - 1);
      }
      for (let step = 0; step < STEPS; step += 2) {
        pen.globalAlpha = step % 8 ? 0.3 : 1;
        pen.fillRect(step * WIDE, 0, 1, (HIGH - LOW + 1) * TALL);
      }
      pen.globalAlpha = 1;
      pen.fillStyle = style.getPropertyValue("--lx-voice-0");
      notesOf(signs()).forEach((note) =>
        pen.fillRect(note.start * WIDE + 1, (HIGH - note.pitch) * TALL, note.length * WIDE - 2, TALL - 1)
      );
      root.classList.toggle("lx-file", /^data:/.test(props.value || ""));
    }
    canvas.addEventListener("click", (event) => {
      const step = Math.floor(event.offsetX / WIDE),
        pitch = HIGH - Math.floor(event.offsetY / TALL),
        all = notesOf(signs());
      const hit = all.find((note) => note.start <= step && step < note.start + note.length && note.pitch === pitch);
      const kept = hit ? all.filter((note) => note !== hit) : all.flatMap((note) => {
        if (note.start >= step && note.start < step + length) return [];
        return note.start < step ? [{ ...note, length: Math.min(note.length, step - note.start) }] : [note];
      });
      if (!hit) kept.push({ start: step, length: Math.min(length, STEPS - step), pitch });
      const next = [];
      kept.sort((a, b) => a.start - b.start).forEach((note) => {
        while (next.length < note.start) next.push(REST);
        next.push(note.pitch, ...Array(note.length - 1).fill(HOLD));
      });
      send(next);
    });
    lengths.forEach((button) =>
      button.addEventListener("click", () => {
        length = +button.dataset.length;
        lengths.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      })
    );
    root.querySelector(".lx-clear").addEventListener("click", () => send([]));
    root.querySelector(".lx-hear").addEventListener("click", () => {
      if (stop) return stop();
      const notes = notesOf(signs());
      if (notes.length) {
        stop = sound(notes, 30 / 96, 0, () => {}, () => {
          stop = null;
        }, root.dataset.form);
      }
    });
    root.querySelector(".lx-upload").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      const reader = new FileReader();
      reader.onload = () => {
        props.value = reader.result;
        draw();
        trigger("change");
      };
      if (input.files[0]) reader.readAsDataURL(input.files[0]);
      input.value = "";
    });
    luoxia.onTheme(draw);
    watch("value", draw);
    draw();
    box.scrollTop = 40;
  };
})();
