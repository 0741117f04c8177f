// How music is played, `luoxia.organ`: by our organ, which data/organ.py adds up likewise, or by an instrument of the
// sound font, whose notes are cut out of a scale that the server renders once, see data/sound_font.py.
(() => {
  const HOLD = 1;
  const PARTIALS = [1, 0.55, 0.3, 0.2, 0.1, 0.08, 0.05, 0.05]; // as data/organ.py
  const ATTACK = 0.03, RELEASE = 0.08, LOUD = 0.07;
  const LOW = 36, EVERY = 3, HELD = 4, SLOT = 5, RATE = 22050; // as data/sound_font.py
  const LEVEL = 0.3, FADE = 0.15; // of a voice; seconds after a note's end
  const FROM = 1, JOIN = 0.4; // seconds: where a long note goes on, and over which it does
  const DECAYING = ["piano", "harpsichord"]; // the others sound for as long as they are held
  const RISE = Float32Array.from({ length: 33 }, (_, i) => Math.sin(i * Math.PI / 64));
  const FALL = RISE.toReversed();
  const chosen = {}; // form -> instrument
  const scales = {}; // instrument -> promise of its scale, of null where there is none
  let context = null, hush = () => {};

  const instrument = (form) => chosen[form] || "organ";

  async function fetched(name) {
    try {
      const answer = await fetch(`./instruments/${name}.flac`);
      if (!answer.ok) throw new Error(answer.status);
      return await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await answer.arrayBuffer());
    } catch {
      delete scales[name]; // asked again the next time
      return null;
    }
  }
  const scale = (name) => (name === "organ" ? Promise.resolve(null) : scales[name] ||= fetched(name));

  // what a form's choice says; `there`: whether the server has a sound font
  luoxia.heard.add("instrument");
  luoxia.instrument = (form, name, there) => {
    chosen[form] = name;
    if (!there) scales[name] = Promise.resolve(null);
    document.dispatchEvent(new CustomEvent("lx-instrument", { detail: form }));
  };

  function wave() {
    const imaginary = new Float32Array([0, ...PARTIALS]);
    return context.createPeriodicWave(new Float32Array(imaginary.length), imaginary, { disableNormalization: true });
  }

  function piped(out, organ, pitch, start, end) { // a note of our organ
    const tone = context.createOscillator(), level = context.createGain();
    tone.setPeriodicWave(organ);
    tone.frequency.value = 440 * 2 ** ((pitch - 69) / 12);
    level.gain.setValueAtTime(0, start);
    level.gain.linearRampToValueAtTime(LOUD, start + ATTACK);
    level.gain.setValueAtTime(LOUD, Math.max(start + ATTACK, end));
    level.gain.linearRampToValueAtTime(0, Math.max(start + ATTACK, end) + RELEASE);
    tone.connect(level).connect(out);
    tone.start(start);
    tone.stop(end + RELEASE + 0.05);
  }

  function sampled(out, buffer, decays, pitch, start, end) { // a note of a scale
    const last = Math.round(buffer.duration / SLOT) - 1;
    const place = Math.max(0, Math.min(last, Math.round((pitch - LOW) / EVERY)));
    const rate = 2 ** ((pitch - LOW - EVERY * place) / 12), level = context.createGain();
    level.gain.setValueAtTime(LEVEL, start);
    level.gain.setValueAtTime(LEVEL, end);
    level.gain.linearRampToValueAtTime(0, end + FADE);
    level.connect(out);
    for (let now = start, at = 0; now < end;) {
      const source = context.createBufferSource(), part = context.createGain(), lasts = (HELD - at) / rate;
      source.buffer = buffer;
      source.playbackRate.value = rate;
      source.connect(part).connect(level);
      source.start(now, place * SLOT + at, (decays ? SLOT : HELD) - at);
      source.stop(end + FADE + 0.05);
      if (at) part.gain.setValueCurveAtTime(RISE, now, JOIN);
      if (decays) break;
      if (now + lasts < end + FADE) part.gain.setValueCurveAtTime(FALL, now + lasts - JOIN, JOIN);
      now += lasts - JOIN;
      at = FROM;
    }
  }

  // notes: [{start, length, pitch}] in steps; `seconds` of a step; `form`: whose instrument, else our organ -> what
  // stops it
  function sound(notes, seconds, from, tell, over, form) {
    hush();
    context ||= new AudioContext();
    context.resume();
    const name = instrument(form), out = context.createGain();
    let frame = 0, ended = false;
    const stop = () => {
      if (ended) return;
      ended = true;
      cancelAnimationFrame(frame);
      out.disconnect();
      hush = () => {};
      over();
    };
    const begin = (buffer) => {
      if (ended) return;
      const organ = wave(), began = context.currentTime + 0.05, decays = DECAYING.includes(name);
      let last = 0;
      out.connect(context.destination);
      for (const note of notes) {
        if (note.start + note.length <= from) continue;
        const start = began + Math.max(0, note.start - from) * seconds,
          end = began + (note.start + note.length - from) * seconds;
        if (buffer) sampled(out, buffer, decays, note.pitch, start, end);
        else piped(out, organ, note.pitch, start, end);
        last = Math.max(last, end);
      }
      const step = () => {
        const now = context.currentTime;
        if (now > last + (buffer ? FADE : RELEASE)) return stop();
        tell(from + Math.max(0, now - began) / seconds);
        frame = requestAnimationFrame(step);
      };
      frame = requestAnimationFrame(step);
    };
    hush = stop;
    if (name === "organ") begin(null);
    else scale(name).then(begin);
    return stop;
  }

  function notesOf(signs) { // of one voice, signs by step
    const notes = [];
    let open = false;
    signs.forEach((sign, step) => {
      if (sign > HOLD) {
        notes.push({ start: step, length: 1, pitch: sign });
        open = true;
      } else if (sign === HOLD && open) notes[notes.length - 1].length += 1;
      else open = false;
    });
    return notes;
  }

  luoxia.organ = { sound, notesOf, scale, instrument };
})();
